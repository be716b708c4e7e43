/** A connection between two peers that were only watched: one transcript, and a case for each of its ends. */
import { confirmedExtension, recognise } from "../judge/recognise.ts";
import type { Entry, Role, Transcript } from "../judge/types.ts";
import type { KeyMemory, Span } from "../observe/keys.ts";
import type { DialectName } from "../wire/types.ts";

export const bothEnds: readonly Role[] = ["server", "client"];

/** Case of the whole connection `number` from 1: `observed/connection[3]@rfc6455`. */
function connectionCase(number: number, dialect: DialectName): string {
  return `observed/connection[${number}]@${dialect}`;
}

/** The transcript as it is judged for one end: `observed/server[3]@rfc6455`. */
export function endOf(transcript: Transcript, role: Role): Transcript {
  return { ...transcript, role, case: transcript.case.replace("/connection[", `/${role}[`) };
}

export interface WatchedConnection {
  readonly number: number;
  readonly entries: readonly Entry[];
  /** The dialect where the connection does not tell. */
  readonly preferred: DialectName | undefined;
  readonly keys: KeyMemory;
  readonly during?: Span;
  readonly header: Readonly<Record<string, unknown>>;
}

/** The transcript of a connection; its header says that both ends are judged, or why there is nothing to judge. */
export function watchedTranscript({ number, entries, preferred, keys, during, header }: WatchedConnection): {
  readonly transcript: Transcript;
  readonly header: Readonly<Record<string, unknown>>;
} {
  const recognised = recognise(entries, preferred);
  if ("reason" in recognised) {
    const dialect = preferred ?? "rfc6455";
    const transcript: Transcript = { case: connectionCase(number, dialect), dialect, role: "server", entries };
    return { transcript, header: { ...header, ends: true, unjudged: recognised.reason } };
  }
  const { dialect } = recognised;
  const step = keys.step(entries, dialect, during);
  const all = step === undefined ? entries : [step, ...entries];
  const transcript: Transcript = { case: connectionCase(number, dialect), dialect, role: "server", entries: all };
  const extension = confirmedExtension(entries);
  const unread = extension === undefined ? {} : { stopped: `frames are not read with the extension ${extension}` };
  return { transcript, header: { ...unread, ...header, ends: true } };
}
