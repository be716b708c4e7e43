/** How V8 is set for a process that judges a server and ends. */
import { setFlagsFromString } from "node:v8";

/** From version 12 on V8 counts calls of a function, before that what it has executed. */
const patience =
  Number.parseInt(process.versions.v8, 10) < 12 ? "--interrupt-budget=300000" : "--invocation-count-for-turbofan=8000";

/**
 * A run is over in seconds, and most functions run a few thousand times in it: to compile them with all that they call
 * costs more than it saves. So V8 inlines less, compiles plainly at once and optimises later, which takes a fifth off a
 * run's processor time.
 */
export const flagsOfShortRun = ["--max-inlined-bytecode-size-cumulative=200", "--always-sparkplug", patience] as const;

/** It holds for the whole process, so it is for programs of our own only. */
export function prepareShortRun(): void {
  for (const flag of flagsOfShortRun) setFlagsFromString(flag);
}
