import { Command, Option } from "commander";
import type { Role } from "../judge/types.ts";
import type { ProveOptions } from "../run/index.ts";
import type { ProveResults } from "../run/results.ts";
import type { DialectName } from "../wire/types.ts";
import type { Finish } from "./program.ts";
import { complain, out, wantsColor } from "./terminal.ts";
import { dialects, path, patterns, wholeNumber } from "./values.ts";

interface Flags {
  readonly role?: Role;
  readonly mutants?: string;
  readonly mutant?: readonly string[];
  readonly dialect?: readonly DialectName[];
  readonly jobs?: number;
  readonly seed?: number;
  readonly json?: string;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** `ncwspec prove`: runs the mutants; a claimed requirement without a killer ends non-zero. */
export function proveCommand(finish: Finish): Command {
  return new Command("prove")
    .description("run the mutants: print the kill matrix and what survived")
    .argument("[target]", "a conforming peer, mutated on its way (default: the reference of the role)")
    .addOption(new Option("--role <role>", "the end that is mutated and judged").choices(["server", "client"]))
    .option("--mutants <dir>", "others than our own", path)
    .option("--mutant <id or glob>", "only these (repeatable)", patterns)
    .option("--dialect <name>", "hybi-00, hybi-06 or rfc6455 (repeatable)", dialects)
    .option("--jobs <n>", "mutants at the same time", wholeNumber(1, 256))
    .option("--seed <n>", "makes generated values the same again", wholeNumber(0, 0xffffffff))
    .option("--json <file>", "kill matrix as a file (ncwspec-prove/1)", path)
    .option("--quiet", "only what survived")
    .option("--verbose", "every killer of every mutant")
    .addHelpText("after", EXAMPLES)
    .action(async (target: string | undefined, flags: Flags) => finish(await execute(target, flags)));
}

const EXAMPLES = `
Exit code 1 when a mutant survives or is charged to another requirement, or a claimed requirement has no mutant.

Examples:
  $ ncwspec prove
  $ ncwspec prove --mutant 'replay/*' --dialect hybi-06 --verbose
  $ ncwspec prove --role client
  $ ncwspec prove --mutants my-mutants --json out/prove.json`;

async function execute(word: string | undefined, flags: Flags): Promise<number> {
  const { prepareOutputs } = await import("./outputs.ts");
  const { prove } = await import("../run/index.ts");
  const { findTarget } = await import("../target/index.ts");
  const { listenForInterrupt } = await import("./interrupt.ts");
  const { openLive } = await import("./live.ts");
  const { json, jobs, seed, mutants, mutant, dialect, quiet = false, verbose = false } = flags;
  const { proveLine } = await import("../../reports/prove.ts");
  const file = findTarget(word ?? (flags.role === "client" ? "reference-client" : "reference"));
  prepareOutputs({ ...(json !== undefined && { json }) });
  const options: ProveOptions = {
    target: file,
    ...(mutants !== undefined && { mutants }),
    ...(mutant !== undefined && { only: mutant }),
    ...(dialect !== undefined && { dialects: dialect }),
    ...(jobs !== undefined && { jobs }),
    ...(seed !== undefined && { seed }),
  };
  const live = openLive(quiet);
  const interrupt = listenForInterrupt();
  let escaped = 0;
  const onEvent: NonNullable<ProveOptions["onEvent"]> = ({ result, done, planned }) => {
    if (!result.attributed) escaped += 1;
    if (!result.attributed || verbose) live.line(proveLine(result, live.style));
    live.status(done, planned, escaped);
  };
  try {
    const results = await prove({ ...options, signal: interrupt.signal, onEvent });
    live.end();
    await show(results, flags);
    return await codeOf(results, interrupt.signal.aborted);
  } finally {
    live.end();
    interrupt.dispose();
  }
}

async function show(results: ProveResults, flags: Flags): Promise<void> {
  const { json: file, quiet = false, verbose = false } = flags;
  const { proveText } = await import("../../reports/prove.ts");
  if (file !== undefined) {
    const { writeFileSync } = await import("node:fs");
    const { json } = await import("../../reports/json.ts");
    writeFileSync(file, json(results));
  }
  out(proveText(results, { color: wantsColor(process.stdout), quiet, verbose }));
  if (results.mutants.length === 0) complain("no mutant was run");
}

async function codeOf(results: ProveResults, interrupted: boolean): Promise<number> {
  const { EXIT, strongest } = await import("../run/exit-code.ts");
  const { survived, misattributed, requirementsWithoutMutant } = results.summary;
  const codes: number[] = [];
  if (interrupted) codes.push(EXIT.interrupted);
  if (results.mutants.length === 0 || !results.complete) codes.push(EXIT.notExecuted);
  if (survived + misattributed + requirementsWithoutMutant > 0) codes.push(EXIT.nonConforming);
  return strongest(codes);
}
