import pc from "picocolors";
import type { Verdict } from "../harness/judge/types.ts";

/** Colours of a terminal, all of them identities where colour is off. */
export type Style = ReturnType<typeof pc.createColors>;

export function styleFor(color: boolean): Style {
  return pc.createColors(color);
}

/** A verdict in its colour. */
export function paint(style: Style, verdict: Verdict, text: string = verdict): string {
  const colors: Record<Verdict, (text: string) => string> = {
    pass: style.green,
    warn: style.yellow,
    fail: style.red,
    inconc: style.cyan,
    "n/a": style.gray,
    error: style.magenta,
  };
  return colors[verdict](text);
}
