import type { RunOptions } from "../run/index.ts";
import { packageVersion } from "../run/package-root.ts";
import type { Results } from "../run/results.ts";

/** Results of a run that ended before any case: `planned` cases, none of them executed, and why. */
export function emptyResults(options: RunOptions, planned: number, reason: string): Results {
  const { target, seed } = options;
  return {
    schema: "ncwspec-results/1",
    complete: false,
    reason: reason.split("\n")[0] || "unknown",
    tool: { name: "ncwspec", version: packageVersion() },
    seed: seed ?? 1,
    target: {
      name: target.name,
      role: target.role,
      reach: "url" in target.reach ? target.reach.url : (options.reach ?? Object.keys(target.reach).join(" or ")),
      observed: { capabilities: [], dialects: [] },
    },
    startedAt: new Date().toISOString(),
    durationMs: 0,
    planned,
    summary: { pass: 0, warn: 0, fail: 0, inconc: 0, "n/a": 0, error: 0 },
    cases: [],
    requirements: [],
  };
}
