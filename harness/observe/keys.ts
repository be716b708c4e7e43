/** Which keys a client drew on a connection, for the judgement of later ones: a repetition shows across them only. */
import { earlierKeys, keysOfRequest } from "../judge/passive/keys.ts";
import type { Entry } from "../judge/types.ts";
import { dialects } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";

interface Keys {
  readonly handshake: readonly string[];
  readonly masks: readonly string[];
}

/** Connections that are remembered, and masking keys and bytes of each that are looked at. */
const remembered = 100;
const masksOfEach = 8;
const bytesOfEach = 16 * 1024;

export interface KeyMemory {
  /** The step that hands on the keys of the connections before this one; then this one is remembered too. */
  step(entries: readonly Entry[], dialect: DialectName): Entry | undefined;
}

export function keyMemory(): KeyMemory {
  const known = new Map<DialectName, Keys[]>();
  return {
    step(entries, dialect) {
      const before = known.get(dialect) ?? [];
      known.set(dialect, [...before, keysOf(entries, dialect)].slice(-remembered));
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
