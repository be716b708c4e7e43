import type { Verdict } from "../../harness/judge/types.ts";
import { printable } from "../text.ts";

/** Text as HTML content or attribute value; what cannot be seen is made visible. */
export function text(value: string | number): string {
  return printable(String(value))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A verdict as a badge: word and colour. */
export function badge(verdict: Verdict): string {
  return `<span class="badge ${className(verdict)}">${verdict}</span>`;
}

/** `n/a` is no class name. */
export function className(verdict: Verdict): string {
  return verdict === "n/a" ? "na" : verdict;
}

/** A command or id that one click selects whole. */
export function command(value: string): string {
  return `<code class="command" tabindex="0">${text(value)}</code>`;
}

/** The `id` attribute of a case. */
export function anchor(id: string): string {
  return text(`case-${id.replace(/\s+/g, "_")}`);
}

/** Link target that leads to the case on the same page. */
export function fragment(id: string): string {
  return `#${encodeURIComponent(`case-${id.replace(/\s+/g, "_")}`)}`;
}
