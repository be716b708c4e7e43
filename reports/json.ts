import type { ProveResults, Results } from "../harness/run/results.ts";

/** The results file itself. */
export function json(results: Results | ProveResults): string {
  return `${JSON.stringify(results, null, 2)}\n`;
}
