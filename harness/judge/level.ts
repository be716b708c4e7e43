/** How much a requirement binds a target: its level, and for policy whether the target asked to be held to it. */
import type { Level, Requirement } from "./types.ts";

const asked: Readonly<Partial<Record<Level, Level>>> = { SHOULD: "MUST", "SHOULD NOT": "MUST NOT" };

/** The level a finding has. A row of basis `policy` that the target asked for binds like a MUST. */
export function levelFor(row: Pick<Requirement, "id" | "level" | "basis">, policies?: ReadonlySet<string>): Level {
  return isAsked(row, policies) ? (asked[row.level] ?? row.level) : row.level;
}

/** Whether a breach of it is a failure: MUST level, and for a policy that it was asked for (design §1). */
export function fails(row: Pick<Requirement, "id" | "level" | "basis">, policies?: ReadonlySet<string>): boolean {
  return levelFor(row, policies).startsWith("MUST") && (row.basis !== "policy" || isAsked(row, policies));
}

function isAsked({ id, basis }: Pick<Requirement, "id" | "basis">, policies?: ReadonlySet<string>): boolean {
  return basis === "policy" && (policies?.has(id) ?? false);
}
