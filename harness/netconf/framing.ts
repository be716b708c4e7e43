/**
 * The framings of NETCONF over SSH (RFC 6242 §4). A WebSocket needs none; they are here to recognise
 * them where they should not be, and to talk to targets that kept them.
 */
import { trimXml } from "./tree.ts";

export type Framing = "none" | "eom" | "chunked";

const eom = "]]>]]>";
const eomBytes = Buffer.from(eom, "latin1");
const LF = 0x0a;
const GREATER = 0x3e;

/**
 * The framing that the payload of a message shows: an end-of-message marker at its end, or a chunk
 * header (or the end of chunks) at its start. No well-formed document looks so: a marker within a
 * comment or an attribute is data and does not count.
 */
export function detectFraming(text: string): Framing {
  if (trimXml(text).endsWith(eom)) return "eom";
  return /^\n#(?:#|[1-9][0-9]*)\n/.test(text) ? "chunked" : "none";
}

/** The one message within a framed payload; the text as it stands where it is not exactly one. */
export function stripFraming(text: string): string {
  const framing = detectFraming(text);
  if (framing === "eom") return trimXml(text).slice(0, -eom.length);
  if (framing === "none") return text;
  const payload = Buffer.from(text, "utf8");
  const decoder = framingDecoder("chunked", payload.length);
  const [first, ...others] = decoder.push(payload);
  const whole = first?.type === "message" && others.length === 0 && decoder.pending() === 0;
  return whole ? Buffer.from(first.data).toString("utf8") : text;
}

/**
 * A message with its framing.
 * @param chunkSize octets of a chunk, at least 1; default: one chunk. Chunks may cut characters in two
 */
export function putFraming(framing: Framing, message: string | Uint8Array, chunkSize?: number): Uint8Array {
  const data = typeof message === "string" ? Buffer.from(message, "utf8") : message;
  if (framing === "none") return data;
  if (framing === "eom") return Buffer.concat([data, eomBytes]);
  const size = Math.max(1, Math.trunc(chunkSize ?? data.length));
  const parts: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += size) {
    const chunk = data.subarray(at, at + size);
    parts.push(Buffer.from(`\n#${chunk.length}\n`, "latin1"), chunk);
  }
  return Buffer.concat([...parts, Buffer.from("\n##\n", "latin1")]);
}

export type FramingEvent =
  | { readonly type: "message"; readonly data: Uint8Array }
  /** The framing is broken; nothing is read any more (RFC 6242 §4.2: the session ends). */
  | { readonly type: "breach"; readonly message: string };

export interface FramingDecoder {
  /** Takes octets as they come; the events are the same however they are cut. */
  push(bytes: Uint8Array): FramingEvent[];
  /** Octets of an unfinished message or chunk header. */
  pending(): number;
}

/**
 * Takes the framing off a stream of octets.
 * @param limit octets of a message above which it is a breach, default 16 MiB
 */
export function framingDecoder(framing: "eom" | "chunked", limit = 16 * 1024 * 1024): FramingDecoder {
  let broken = false;
  const store = octetStore();
  const take = framing === "eom" ? eomReader(store) : chunkReader(store);
  return {
    pending: () => (broken ? 0 : store.length() + take.header()),
    push(bytes) {
      const events: FramingEvent[] = [];
      for (let at = 0; at < bytes.length && !broken; ) {
        const step = take.read(bytes, at);
        at = step.at;
        const long = store.length() - take.slack > limit || (step.message?.length ?? 0) > limit;
        const over = long ? `a message has more than ${limit} octets` : undefined;
        const problem = step.problem ?? over;
        if (problem !== undefined) {
          broken = true;
          store.take(0);
          events.push({ type: "breach", message: problem });
        } else if (step.message !== undefined) {
          events.push({ type: "message", data: step.message });
        }
      }
      return events;
    },
  };
}

interface Step {
  /** Where reading goes on; always beyond where it began. */
  readonly at: number;
  readonly message?: Uint8Array;
  readonly problem?: string;
}

interface Reader {
  read(bytes: Uint8Array, at: number): Step;
  /** Octets of an unfinished header. */
  header(): number;
  /** Octets in the store that may turn out to be framing. */
  readonly slack: number;
}

/** Octets taken at a time, so that the limit is noticed before much is copied. */
const slice = 65_536;

type Store = ReturnType<typeof octetStore>;

function octetStore() {
  let octets = new Uint8Array(1024);
  let used = 0;
  return {
    length: () => used,
    append(more: Uint8Array): void {
      if (used + more.length > octets.length) {
        const grown = new Uint8Array(Math.max(octets.length * 2, used + more.length));
        grown.set(octets.subarray(0, used));
        octets = grown;
      }
      octets.set(more, used);
      used += more.length;
    },
    endsWith: (tail: Uint8Array) =>
      used >= tail.length && tail.every((octet, i) => octets[used - tail.length + i] === octet),
    /** All but the last `cut` octets; the store is empty then. */
    take(cut: number): Uint8Array {
      const taken = octets.slice(0, used - cut);
      used = 0;
      return taken;
    },
  };
}

function eomReader(store: Store): Reader {
  return {
    header: () => 0,
    slack: eomBytes.length,
    read(bytes, at) {
      const found = bytes.subarray(at, at + slice).indexOf(GREATER);
      const end = found === -1 ? Math.min(bytes.length, at + slice) : at + found + 1;
      store.append(bytes.subarray(at, end));
      return store.endsWith(eomBytes) ? { at: end, message: store.take(eomBytes.length) } : { at: end };
    },
  };
}

/** `LF # size LF data …`, ended by `LF # # LF`, at least one chunk (RFC 6242 §4.2). */
function chunkReader(store: Store): Reader {
  let header = "";
  let wanted = 0;
  let chunks = 0;
  const data = (bytes: Uint8Array, at: number): Step => {
    const end = Math.min(bytes.length, at + Math.min(wanted, slice));
    store.append(bytes.subarray(at, end));
    wanted -= end - at;
    return { at: end };
  };
  const finish = (at: number): Step => {
    const line = header;
    header = "";
    if (line === "\n##\n") {
      const none = chunks === 0;
      chunks = 0;
      return none ? { at, problem: "a message without a chunk" } : { at, message: store.take(0) };
    }
    const size = Number(line.slice(2, -1));
    if (size > 4_294_967_295) return { at, problem: `the chunk size ${size} is more than 4294967295` };
    wanted = size;
    chunks += 1;
    return { at };
  };
  return {
    header: () => header.length,
    slack: 0,
    read(bytes, at) {
      if (wanted > 0) return data(bytes, at);
      header += String.fromCharCode(bytes[at] ?? 0);
      const expected = headerPrefix.test(header);
      if (!expected) return { at: at + 1, problem: `${JSON.stringify(header)} is no chunk header` };
      const complete = header.length > 2 && bytes[at] === LF;
      return complete ? finish(at + 1) : { at: at + 1 };
    },
  };
}

/** What the beginning of a chunk header or of the end of chunks may look like. */
const headerPrefix = /^\n(?:#(?:#\n?|[1-9][0-9]{0,9}\n?)?)?$/;
