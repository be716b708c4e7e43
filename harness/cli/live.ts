import { progressLine } from "../../reports/progress.ts";
import { type Style, styleFor } from "../../reports/style.ts";
import { err, wantsColor } from "./terminal.ts";

/** What is shown while something long goes on. */
export interface Live {
  readonly style: Style;
  /** Draws the status line anew; on a terminal only. */
  readonly status: (done: number, planned: number, failing: number) => void;
  /** A line that stays, above the status line. */
  readonly line: (text: string) => void;
  /** Takes the status line away, so that what is written next begins on an empty line. */
  readonly end: () => void;
}

/** How often the status line is drawn again at most, milliseconds. */
const REDRAW = 80;

/** Shows progress on standard error: lines everywhere, a status line on a terminal, nothing when `quiet`. */
export function openLive(quiet: boolean): Live {
  const style = styleFor(wantsColor(process.stderr));
  const terminal = process.stderr.isTTY === true && process.env["TERM"] !== "dumb";
  let started = performance.now();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = false;
  const end = (): void => {
    if (drawn) err("\r\u001b[2K");
    drawn = false;
  };
  return {
    style,
    end,
    status: (done, planned, failing) => {
      const now = performance.now();
      if (done === 0) started = now;
      if (quiet || !terminal || (drawn && now - drawnAt < REDRAW)) return;
      end();
      err(progressLine({ done, planned, failing, elapsedMs: now - started }, process.stderr.columns || 80, style));
      drawnAt = now;
      drawn = true;
    },
    line: (text) => {
      if (quiet) return;
      const redraw = drawn;
      end();
      err(`${text}\n`);
      if (redraw) drawnAt = Number.NEGATIVE_INFINITY;
    },
  };
}
