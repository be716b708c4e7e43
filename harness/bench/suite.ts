/** How fast the wire suite judges a server that is not ours: ws, in a process of its own. */
import { run } from "../run/index.ts";
import { findTarget } from "../target/index.ts";

export interface SuiteRate {
  readonly cases: number;
  /** Cases that were executed, those the target does not claim left out, a second. */
  readonly perSecond: number;
}

const suites = ["handshake", "framing", "closing"];

/** One whole run, from the positive controls to the last verdict; the start of the target does not count. */
export async function measureSuite(): Promise<SuiteRate> {
  const { cases, durationMs } = await run({ target: findTarget("ws"), suites, dialects: ["rfc6455"] });
  const executed = cases.filter(({ verdict }) => verdict !== "n/a").length;
  return { cases: executed, perSecond: (executed * 1000) / durationMs };
}
