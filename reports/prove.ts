import type { MutantResult, ProveResults, RealBugs } from "../harness/run/results.ts";
import { type Style, styleFor } from "./style.ts";
import { count, few, groupBy } from "./text.ts";

export interface ProveOptions {
  readonly color: boolean;
  readonly quiet: boolean;
  /** Every mutant with every case that kills it. */
  readonly verbose: boolean;
}

/** The kill matrix for people: what survived first, then a row for each mutant. */
export function proveText(results: ProveResults, options: ProveOptions): string {
  const style = styleFor(options.color);
  const { mutants, requirementsWithoutMutant, summary } = results;
  const survived = mutants.filter(({ killedBy }) => killedBy.length === 0);
  const misattributed = mutants.filter(({ killedBy, attributed }) => killedBy.length > 0 && !attributed);
  const row = (mutant: MutantResult) =>
    `  ${mutant.id} ${style.dim(`${mutant.dialect} ${mutant.role}`)}  ${mutant.requirement}`;
  const sections = [
    options.quiet ? [] : matrix(mutants, options),
    titled(style.red("Survived (no case found the broken rule)"), survived.map(row)),
    titled(
      style.yellow("Killed for another reason (no finding on the mutant's own requirement)"),
      misattributed.map((mutant) => `${row(mutant)}; charged: ${few(mutant.charged ?? [], 3) || "nothing"}`),
    ),
    titled(
      style.yellow("Claimed requirements without a mutant"),
      requirementsWithoutMutant.map((id) => `  ${id}`),
    ),
    [
      sentence(
        results,
        survived.length + misattributed.length + summary.requirementsWithoutMutant === 0 ? style.green : style.red,
      ),
      ...(results.realBugs ? [realBugsLine(results.realBugs)] : []),
    ],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

function matrix(mutants: readonly MutantResult[], { color, verbose }: ProveOptions): string[] {
  const style = styleFor(color);
  const width = Math.max(0, ...mutants.map(({ id }) => id.length));
  return [...groupBy(mutants, ({ requirement }) => requirement)].flatMap(([requirement, members]) => [
    style.bold(requirement),
    ...members.map((mutant) => `  ${proveLine(mutant, style, width, verbose ? Number.POSITIVE_INFINITY : 1)}`),
  ]);
}

/** One line on a mutant: killed, by what; charged to another requirement; or survived. */
export function proveLine(mutant: MutantResult, style: Style, width = 0, killers = 1): string {
  const { id, dialect, killedBy, attributed } = mutant;
  const fate = killedBy.length === 0 ? "survived" : attributed ? "killed  " : "charged ";
  const tint = killedBy.length === 0 ? style.red : attributed ? style.green : style.yellow;
  const by = killedBy.length === 0 ? "" : ` by ${few(killedBy, killers)}`;
  return `${tint(fate)} ${id.padEnd(width)} ${dialect.padEnd(7)}${style.dim(by)}`;
}

/** Bugs that shipped, of the role that was proved. */
function realBugsLine({ killed, visible, unseen, survived, uncovered }: RealBugs): string {
  const rest = [`${uncovered} without a case`, ...(survived > 0 ? [`${survived} survived`] : [])];
  const line = `real bugs: ${killed} killed / ${visible} visible / ${unseen} not visible with reason`;
  return visible > killed ? `${line} (visible and not killed: ${rest.join("; ")})` : line;
}

function sentence({ summary, complete }: ProveResults, tint: (text: string) => string): string {
  const { mutants, killed, survived, misattributed, requirementsWithoutMutant } = summary;
  const text = `${count(mutants, "mutant")}: ${killed} killed, ${survived} survived, ${misattributed} misattributed`;
  const gap = `${count(requirementsWithoutMutant, "claimed requirement")} without a mutant`;
  return `${tint(complete ? text : `Incomplete: ${text}`)}; ${gap}`;
}
