import { Argument, Command, Option } from "commander";
import type { Role } from "../judge/types.ts";
import type { Finish } from "./program.ts";
import { addSelection, type SelectionFlags, selectionOf } from "./selection.ts";
import { complain, out } from "./terminal.ts";

interface Flags extends SelectionFlags {
  readonly role?: Role;
  readonly json?: true;
  readonly summary?: true;
}

const KINDS = ["cases", "requirements", "targets", "mutants", "bugs"] as const;
type Kind = (typeof KINDS)[number];

/** `ncwspec list`: what there is, narrowed by the same flags as a run. */
export function listCommand(finish: Finish): Command {
  const command = new Command("list")
    .description("what there is: cases, requirements, targets, mutants, bugs that shipped")
    .addArgument(new Argument("[what]", "what to list").choices(KINDS).default("cases"))
    .option("--json", "print as JSON")
    .option("--summary", "of requirements: how many of those on servers at MUST level have a case")
    .addOption(
      new Option("--role <role>", "of cases and mutants: the end that is judged").choices(["server", "client"]),
    );
  return addSelection(command)
    .addHelpText("after", EXAMPLES)
    .action(async (what: Kind, flags: Flags) => finish(await execute(what, flags)));
}

const EXAMPLES = `
Requirements and mutants are narrowed to those of the cases that the flags choose. With --json a requirement has
the cases that cover it and the mutants that break it, or the reason why it has no case.

Examples:
  $ ncwspec list cases --dialect hybi-06 --suite replay
  $ ncwspec list requirements --level must
  $ ncwspec list requirements --summary
  $ ncwspec list mutants --requirement NTF-RPL-004
  $ ncwspec list cases --role client
  $ ncwspec list targets --json`;

/** A row: its cells for people, and the whole for programs. */
interface Row {
  readonly cells: readonly string[];
  readonly value: unknown;
}

async function execute(what: Kind, flags: Flags): Promise<number> {
  const rows = await rowsOf(what, flags);
  if (flags.json) {
    out(
      `${JSON.stringify(
        rows.map(({ value }) => value),
        null,
        2,
      )}\n`,
    );
  } else {
    out(table(rows));
  }
  if (rows.length === 0) complain(`there are no such ${what}`);
  return 0;
}

async function rowsOf(what: Kind, flags: Flags): Promise<Row[]> {
  if (flags.summary) return summaryRows(what);
  if (what === "targets") return targetRows();
  return what === "bugs" ? bugRows() : chosenRows(what, flags);
}

async function summaryRows(what: Kind): Promise<Row[]> {
  const { UsageError } = await import("../run/errors.ts");
  if (what !== "requirements") throw new UsageError(`--summary is for requirements; there is none of ${what}`);
  const { makePlan } = await import("../run/plan.ts");
  const { coverageShares } = await import("../run/coverage-summary.ts");
  const { all, catalogue } = makePlan({});
  return coverageShares(catalogue.all, all).map((value) => {
    const { area, rows, covered, untestable, uncovered, percent } = value;
    const cells = [area, `${covered} of ${rows} have a case (${percent} %)`];
    return { cells: [...cells, `${untestable} cannot be seen from outside, ${uncovered} are not covered yet`], value };
  });
}

async function bugRows(): Promise<Row[]> {
  const { ownRealBugs } = await import("./mutants.ts");
  return ownRealBugs().map((value) => {
    const { id, role, area, mutants = [], statement } = value;
    return { cells: [id, role, area, mutants.length > 0 ? "mutants" : "none", statement], value };
  });
}

async function targetRows(): Promise<Row[]> {
  const { knownTargets } = await import("../target/index.ts");
  return (await Promise.all(knownTargets().map(targetRow))).flat();
}

/** One row for people for each way of starting it: whether it can be gone on this machine, else what is missing. */
async function targetRow(word: string): Promise<Row[]> {
  const { findTarget, obstaclesOf } = await import("../target/index.ts");
  const file = findTarget(word);
  const { name, version, role, claims } = file;
  const obstacles = (await obstaclesOf(file)) ?? { "built-in": undefined };
  const reach = Object.fromEntries(
    Object.entries(obstacles).map(([way, why]) => [way, why === undefined ? "ready" : `not available: ${why}`]),
  );
  const value = { word, name, ...(version !== undefined && { version }), role, dialects: claims.dialects, reach };
  const dialects = claims.dialects?.join(", ") ?? "found out by probing";
  return Object.entries(reach).map(([way, state], index) => ({
    cells: index === 0 ? [word, role, dialects, way, state] : ["", "", "", way, state],
    value,
  }));
}

async function chosenRows(what: Exclude<Kind, "targets" | "bugs">, flags: Flags): Promise<Row[]> {
  const { makePlan, plannedCase } = await import("../run/plan.ts");
  const { role } = flags;
  const selection = { ...(await selectionOf(flags)), ...(role && { role }) };
  const { all, cases, catalogue } = makePlan(selection);
  if (what === "cases") {
    return cases.map(plannedCase).map((value) => ({ cells: [value.id, value.title], value }));
  }
  const { level, ...others } = selection;
  const covered = new Set(cases.flatMap(({ requirements }) => requirements));
  const wanted = (id: string) => {
    if (level === "must" && !catalogue.get(id)?.level.startsWith("MUST")) return false;
    return selection.requirements?.includes(id) ?? (Object.keys(others).length === 0 || covered.has(id));
  };
  const { ownMutants } = await import("./mutants.ts");
  if (what === "requirements") {
    const { coverageOf } = await import("../run/coverage.ts");
    const coverage = coverageOf(catalogue.all, all, ownMutants());
    return catalogue.all
      .filter(({ id }) => wanted(id))
      .map((row) => {
        const found = coverage.get(row.id);
        const cells = [row.id, row.level, row.role, row.basis, found?.state ?? "", row.source, row.statement];
        return { cells, value: { ...row, coverage: found } };
      });
  }
  const dialects = selection.dialects;
  return ownMutants()
    .filter((mutant) => wanted(mutant.requirement))
    .filter((mutant) => role === undefined || mutant.role === role)
    .filter((mutant) => dialects === undefined || mutant.dialects.some((dialect) => dialects.includes(dialect)))
    .map((value) => ({
      cells: [value.id, value.requirement, value.role, value.dialects.join(", "), value.title],
      value,
    }));
}

/** Widest a column gets for the sake of a single long cell. */
const WIDEST = 60;

function table(rows: readonly Row[]): string {
  const columns = Math.max(0, ...rows.map(({ cells }) => cells.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.min(WIDEST, Math.max(...rows.map(({ cells }) => cells[column]?.length ?? 0))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return rows.map(({ cells }) => `${line(cells)}\n`).join("");
}
