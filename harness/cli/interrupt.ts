import { setMaxListeners } from "node:events";
import { EXIT } from "../run/exit-code.ts";
import { complain } from "./terminal.ts";

export interface Interrupt {
  readonly signal: AbortSignal;
  readonly dispose: () => void;
}

/**
 * Turns the first SIGINT or SIGTERM into an abort, so that what was done so far is still reported; the
 * second ends the process at once.
 */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  // Every case that runs at the same time listens to it, and that is no leak.
  setMaxListeners(0, controller.signal);
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    complain("interrupted: writing what there is so far; once more to exit at once");
    controller.abort(new Error("interrupted"));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}
