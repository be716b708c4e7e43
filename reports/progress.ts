import type { CaseResult } from "../harness/run/results.ts";
import { paint, type Style } from "./style.ts";
import { duration, few, printable } from "./text.ts";

export interface ProgressState {
  readonly done: number;
  readonly planned: number;
  /** Cases that fail or err so far. */
  readonly failing: number;
  readonly elapsedMs: number;
}

/** A guess needs something to rest on. */
const ENOUGH = 5;

/** The status line of a terminal, at most `columns` wide: done of planned, failing so far, time left. */
export function progressLine(state: ProgressState, columns: number, style: Style): string {
  const { done, planned, failing, elapsedMs } = state;
  const parts = [`${done}/${planned}`, failing === 0 ? "none failing" : `${failing} failing`];
  if (done >= ENOUGH && done < planned) parts.push(`about ${timeLeft((elapsedMs / done) * (planned - done))} left`);
  const width = 20;
  const bar = planned === 0 ? "" : "━".repeat(Math.floor((width * Math.min(done, planned)) / planned));
  const text = parts.join(" · ");
  if (columns < text.length + width + 3) return text.slice(0, Math.max(columns - 1, 0));
  const tint = failing > 0 ? style.red : style.green;
  return `${tint(bar)}${style.dim("─".repeat(width - bar.length))}  ${text}`;
}

/** Rounded up, since a guess to the millisecond would be a lie. */
function timeLeft(ms: number): string {
  const seconds = ms < 10_000 ? Math.ceil(ms / 1000) : Math.ceil(ms / 5000) * 5;
  return seconds < 60 ? `${seconds} s` : duration(seconds * 1000);
}

/** One line on a case that is done; a failing one says which requirements it breaks. */
export function caseLine(result: CaseResult, style: Style): string {
  const broken = [...new Set(result.findings.map(({ requirement }) => requirement))];
  const known = result.known ? style.dim(` (known: ${printable(result.known.reason)})`) : "";
  const detail = broken.length > 0 ? few(broken, 3) : printable(result.reason ?? "").split("\n")[0];
  const more = detail ? style.dim(`  ${detail}`) : "";
  return `${paint(style, result.verdict, result.verdict.padEnd(6))} ${result.id}${more}${known}`;
}
