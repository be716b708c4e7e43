import { isUnexpected, type Results } from "./results.ts";

/** Exit codes of the command line. A code is never a count. */
export const EXIT = {
  ok: 0,
  nonConforming: 1,
  usage: 2,
  harnessError: 3,
  unreachable: 4,
  notExecuted: 5,
  stale: 6,
  interrupted: 130,
} as const;

/** Which code is told when several hold at once, the strongest first. */
const PRECEDENCE = [2, 4, 3, 130, 5, 1, 6];

/** The strongest of several exit codes; 0 when there is none but 0. */
export function strongest(codes: readonly number[]): number {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.ok;
}

/**
 * Why the run proves less than it planned; undefined when all of it was executed. A run in which no case
 * came to a verdict on the target (all `n/a` or `inconc`) tested nothing, and is not green.
 */
export function shortfall(results: Results): string | undefined {
  if (results.planned === 0) return "no case was planned";
  const executed = new Set(results.cases.map((result) => result.id)).size;
  if (executed < results.planned) return `${executed} of ${results.planned} planned cases were executed`;
  const judged = results.cases.some(({ verdict }) => verdict !== "n/a" && verdict !== "inconc");
  if (!judged) return "no case came to a verdict on the target: all are n/a or inconc";
  return results.complete ? undefined : (results.reason ?? "the run was cut short");
}

/**
 * Exit code of a finished run. 2 (usage) and 4 (unreachable) end a run before there are results, so they
 * are not found here; {@link strongest} joins them.
 * @param options.stale known-failure entries that no longer fail
 */
export function exitCode(
  results: Results,
  options: { readonly strict: boolean; readonly stale: readonly string[]; readonly interrupted: boolean },
): number {
  const codes: number[] = [];
  if (results.cases.some(({ verdict }) => verdict === "error")) codes.push(EXIT.harnessError);
  if (options.interrupted) codes.push(EXIT.interrupted);
  if (shortfall(results) !== undefined) codes.push(EXIT.notExecuted);
  if (results.cases.some((result) => isUnexpected(result, options.strict))) codes.push(EXIT.nonConforming);
  if (options.stale.length > 0) codes.push(EXIT.stale);
  return strongest(codes);
}
