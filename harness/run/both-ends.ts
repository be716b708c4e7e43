/** A connection between two peers that were only watched: one transcript, and a case for each of its ends. */
import type { Role, Transcript } from "../judge/types.ts";
import type { DialectName } from "../wire/types.ts";

export const bothEnds: readonly Role[] = ["server", "client"];

/** Case of the whole connection `number` from 1: `observed/connection[3]@rfc6455`. */
export function connectionCase(number: number, dialect: DialectName): string {
  return `observed/connection[${number}]@${dialect}`;
}

/** The transcript as it is judged for one end: `observed/server[3]@rfc6455`. */
export function endOf(transcript: Transcript, role: Role): Transcript {
  return { ...transcript, role, case: transcript.case.replace("/connection[", `/${role}[`) };
}
