import type { Verdict } from "../harness/judge/types.ts";
import type { RequirementResult, Results } from "../harness/run/results.ts";
import { tally } from "./counts.ts";

/** Results of one shard, and what must stand before its transcript paths to find them from the merged file. */
export interface Part {
  readonly name: string;
  readonly results: Results;
  readonly transcripts: string;
}

/** The parts are not shards of one run. The message names the files. */
export class MergeError extends Error {
  override readonly name = "MergeError";
}

/**
 * One results file from the shards of a run.
 * @throws MergeError when targets, versions or seeds differ, or a case occurs twice
 */
export function merge(parts: readonly Part[]): Results {
  const [first, ...others] = parts;
  if (!first) throw new MergeError("nothing to merge");
  for (const other of others) sameRun(first, other);
  const cases = parts.flatMap(({ results, transcripts }) =>
    results.cases.map((result) =>
      result.transcript === undefined ? result : { ...result, transcript: `${transcripts}${result.transcript}` },
    ),
  );
  once(parts);
  const all = parts.map(({ results }) => results);
  const reasons = parts.flatMap(({ name, results }) =>
    results.complete ? [] : [`${name}: ${results.reason ?? "cut short"}`],
  );
  const start = Math.min(...all.map(({ startedAt }) => Date.parse(startedAt)));
  const end = Math.max(...all.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs));
  const { reason: _, ...head } = first.results;
  return {
    ...head,
    complete: reasons.length === 0,
    ...(reasons.length > 0 && { reason: reasons.join("; ") }),
    target: { ...first.results.target, observed: observed(all) },
    startedAt: new Date(start).toISOString(),
    durationMs: end - start,
    planned: all.reduce((sum, { planned }) => sum + planned, 0),
    summary: tally(cases),
    cases,
    requirements: requirements(all),
  };
}

function sameRun(a: Part, b: Part): void {
  const facts: [string, (results: Results) => unknown][] = [
    ["target", ({ target }) => target.name],
    ["role", ({ target }) => target.role],
    ["version of the suite", ({ tool }) => tool.version],
    ["seed", ({ seed }) => seed],
  ];
  for (const [what, of] of facts)
    if (of(a.results) !== of(b.results))
      throw new MergeError(`${a.name} and ${b.name} differ in ${what}: ${of(a.results)} and ${of(b.results)}`);
}

function once(parts: readonly Part[]): void {
  const seen = new Map<string, string>();
  for (const { name, results } of parts)
    for (const { id } of results.cases) {
      const before = seen.get(id);
      if (before !== undefined) throw new MergeError(`case ${id} is in ${before} and in ${name}: no shards of one run`);
      seen.set(id, name);
    }
}

function observed(all: readonly Results[]): Results["target"]["observed"] {
  return {
    capabilities: [...new Set(all.flatMap(({ target }) => target.observed.capabilities))],
    dialects: [...new Set(all.flatMap(({ target }) => target.observed.dialects))],
  };
}

/** Which verdict stands for a requirement that several shards judged. */
const STRENGTH: readonly Verdict[] = ["fail", "error", "warn", "inconc", "pass", "n/a"];

function requirements(all: readonly Results[]): RequirementResult[] {
  const merged = new Map<string, RequirementResult>();
  for (const requirement of all.flatMap((results) => results.requirements)) {
    const before = merged.get(requirement.id);
    merged.set(requirement.id, before ? join(before, requirement) : requirement);
  }
  return [...merged.values()].sort((a, b) => a.id.localeCompare(b.id, "en"));
}

function join(a: RequirementResult, b: RequirementResult): RequirementResult {
  const verdict = STRENGTH.find((one) => one === a.verdict || one === b.verdict) ?? a.verdict;
  return { ...a, verdict, cases: [...new Set([...a.cases, ...b.cases])] };
}
