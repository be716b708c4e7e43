/** Which keys a client drew on a connection, for the judgement of later ones: a repetition shows across them only. */
import { earlierKeys, keysOfRequest } from "../judge/passive/keys.ts";
import type { Entry } from "../judge/types.ts";
import { dialects } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";

/** When a connection was open, milliseconds on any clock. */
export interface Span {
  readonly begun: number;
  readonly ended: number;
}

interface Keys {
  readonly handshake: readonly string[];
  readonly masks: readonly string[];
}

/** Connections that are remembered, and masking keys and bytes of each that are looked at. */
const remembered = 100;
const masksOfEach = 8;
const bytesOfEach = 16 * 1024;

export interface KeyMemory {
  /**
   * The step that hands on the keys of the connections before this one; then this one is remembered too.
   * @param during where it is known: keys of connections that were open at the same time are not handed on, since a
   *   capture shows a connection through a proxy twice
   */
  step(entries: readonly Entry[], dialect: DialectName, during?: Span): Entry | undefined;
}

export function keyMemory(): KeyMemory {
  const known = new Map<DialectName, (Keys & { readonly ended: number })[]>();
  return {
    step(entries, dialect, during = { begun: 0, ended: Number.NEGATIVE_INFINITY }) {
      const earlier = known.get(dialect) ?? [];
      const before = earlier.filter(({ ended }) => ended < during.begun);
      known.set(dialect, [...earlier, { ...keysOf(entries, dialect), ended: during.ended }].slice(-remembered));
      if (before.length === 0) return undefined;
      const all = (kind: keyof Keys) => before.flatMap((keys) => keys[kind]);
      return { type: "step", t: 0, step: earlierKeys, detail: { handshake: all("handshake"), masks: all("masks") } };
    },
  };
}

function keysOf(entries: readonly Entry[], name: DialectName): Keys {
  const dialect = dialects[name];
  const bytes = firstBytes(entries);
  const reading = dialect.readRequest(bytes);
  if (reading.state !== "complete") return { handshake: [], masks: [] };
  const events = dialect.decoder("client").push(bytes.subarray(reading.consumed));
  const masks = events.flatMap((event) => (event.type === "frame" && event.frame.key ? [event.frame.key] : []));
  return {
    handshake: keysOfRequest(reading.value),
    masks: masks.slice(0, masksOfEach).map((key) => Buffer.from(key).toString("hex")),
  };
}

function firstBytes(entries: readonly Entry[]): Buffer {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const entry of entries) {
    if (entry.type !== "bytes" || entry.from !== "client") continue;
    parts.push(entry.data);
    size += entry.data.length;
    if (size >= bytesOfEach) break;
  }
  return Buffer.concat(parts);
}
