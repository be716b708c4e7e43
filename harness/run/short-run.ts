/** How V8 is set for a process that judges a server and ends. */
import { setFlagsFromString } from "node:v8";

/** Known to V8 since long before Node 20. */
export const flagOfShortRun = "--max-inlined-bytecode-size-cumulative=200";

/**
 * Has V8 inline less. A run is over in seconds, and most functions run a few thousand times in it: to compile them
 * with all that they call costs more than it saves, more than a tenth of a run's processor time. It holds for the whole
 * process, so it is for programs of our own only.
 */
export function prepareShortRun(): void {
  setFlagsFromString(flagOfShortRun);
}
