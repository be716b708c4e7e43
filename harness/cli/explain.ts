import { Command } from "commander";
import type { Catalogue } from "../judge/catalogue.ts";
import type { Mutant } from "../mutant/types.ts";
import type { Case } from "../scenario/types.ts";
import type { Finish } from "./program.ts";
import { columnsOf, out, wantsColor } from "./terminal.ts";

/** All that can be explained. */
export interface Shelf {
  readonly catalogue: Catalogue;
  readonly cases: readonly Case[];
  readonly mutants: readonly Mutant[];
}

/** `ncwspec explain`: a requirement, scenario, case or mutant in full. */
export function explainCommand(finish: Finish): Command {
  return new Command("explain")
    .description("a requirement, scenario, case or mutant: what it says, what covers and proves it")
    .argument("<id>", "its id")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string) => finish(await execute(id.trim())));
}

const EXAMPLES = `
Examples:
  $ ncwspec explain NTF-RPL-004
  $ ncwspec explain replay/complete-once
  $ ncwspec explain replay/complete-once@hybi-06`;

async function execute(id: string): Promise<number> {
  const { makePlan } = await import("../run/plan.ts");
  const { ownMutants } = await import("./mutants.ts");
  const { all, catalogue } = makePlan({});
  const shelf: Shelf = { catalogue, cases: all, mutants: ownMutants() };
  const { pageOn } = await import("./explain-pages.ts");
  const page = pageOn(id, shelf);
  if (page === undefined) throw await notFound(id, shelf);
  const { render } = await import("./explain-text.ts");
  out(render(page, columnsOf(process.stdout), wantsColor(process.stdout)));
  return 0;
}

async function notFound(id: string, { catalogue, cases, mutants }: Shelf): Promise<Error> {
  const { UsageError } = await import("../run/errors.ts");
  const { nearMisses } = await import("../target/near-miss.ts");
  const scenarios = new Set(cases.map(({ scenario }) => scenario.id));
  const ids = [
    ...catalogue.all.map((row) => row.id),
    ...scenarios,
    ...mutants.map((mutant) => mutant.id),
    ...cases.map((one) => one.id),
  ];
  const near = nearMisses(id, ids);
  const similar =
    near.length > 0 ? near : ids.filter((known) => known.toLowerCase().includes(id.toLowerCase())).slice(0, 3);
  const hint = similar.length > 0 ? `did you mean ${similar.join(" or ")}?` : "see ncwspec list";
  return new UsageError(`nothing has the id '${id}'; ${hint}`);
}
