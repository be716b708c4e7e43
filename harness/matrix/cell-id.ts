/** Ids of cells: `server×client@dialect`; the suite is called `suite` on either side. */
import type { DialectName } from "../wire/types.ts";

export function cellId(server: string, client: string, dialect?: DialectName): string {
  return `${server}×${client}${dialect === undefined ? "" : `@${dialect}`}`;
}

/**
 * Whether a cell is meant by what stands behind `--cell`: `server×client` or `server×client@dialect`, where `*` stands
 * for any name and an ` x ` between blanks serves for the `×` that few keyboards have.
 */
export function cellMatcher(pattern: string): (id: string) => boolean {
  const source = pattern
    .trim()
    .replace(/\s+[x×]\s+/u, "×")
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, "[^×@]*");
  const whole = new RegExp(`^${source}${pattern.includes("@") ? "" : "(@.*)?"}$`, "su");
  return (id) => whole.test(id);
}
