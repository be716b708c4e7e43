/** The entry of the harness for programs: plan, run, prove. */
import { startTarget } from "../target/start.ts";
import { dialectNames } from "../wire/index.ts";
import { judgeTarget, type RunOptions } from "./judge-target.ts";
import { startJudging } from "./judging.ts";
import { checkKnown, type KnownFailures } from "./known.ts";
import { requirementsFolder } from "./package-root.ts";
import { makePlan, type PlannedCase, plannedCase, type Selection } from "./plan.ts";
import { checkPolicies } from "./policies.ts";
import type { Results } from "./results.ts";
import { scaled } from "./scaled.ts";
import { judgeBuiltIn } from "./shares.ts";

export { TargetUnreachable } from "../target/errors.ts";
export { UsageError } from "./errors.ts";
export type { RunEvent, RunOptions } from "./judge-target.ts";
export type { PlannedCase, Selection } from "./plan.ts";
export { withPolicies } from "./policies.ts";
export { type ProveOptions, prove } from "./prove.ts";

/** What a run would execute, without a target. @throws UsageError */
export function plan(selection: Selection): PlannedCase[] {
  return makePlan(selection).cases.map(plannedCase);
}

/**
 * Judges a server or a client, as the role of the target has it.
 * @throws UsageError for a broken fixture or a pattern that matches nothing
 * @throws TargetUnreachable when the target is not there or not ready
 */
export async function run(asked: RunOptions): Promise<Results> {
  const options = { ...asked, role: asked.target.role };
  const made = makePlan({ ...options, dialects: options.dialects ?? dialectNames });
  if (options.known) checkKnownOf(options.known, options);
  checkPolicies(options.target, made.catalogue);
  options.onEvent?.({ type: "planned", count: made.cases.length });
  if ("builtIn" in options.target.reach) return judgeBuiltIn(made, options);
  const { reach, signal, onEvent } = options;
  const timeScale = options.timeScale ?? 1;
  const started = await startTarget(options.target, {
    timeScale,
    ...(reach && { way: reach }),
    ...(signal && { signal }),
    ...(onEvent && { log: (line: string) => onEvent({ type: "note", line }) }),
  });
  const target = { ...started, file: scaled(started.file, timeScale) };
  const judging = startJudging(made.catalogue, requirementsFolder());
  try {
    return await judgeTarget(target, made, options, judging);
  } finally {
    await Promise.all([target.stop(), judging.close()]);
  }
}

/**
 * Refuses entries that match none of all cases there are, whatever this run is narrowed to.
 * @throws UsageError
 */
export function checkKnownOf(known: KnownFailures, selection: Selection): void {
  const { role, scenarios } = selection;
  const { all, catalogue } = makePlan({ ...(role ? { role } : {}), ...(scenarios ? { scenarios } : {}) });
  const ids = (items: readonly { readonly id: string }[]) => items.map((item) => item.id);
  checkKnown(known, ids(all), ids(catalogue.all));
}
