/** A NETCONF message from its bytes: text, tree, and what it is. */
import { stripFraming } from "./framing.ts";
import { readMessage } from "./message.ts";
import type { NetconfMessage, XmlReading } from "./types.ts";
import { readXml } from "./xml.ts";

export interface ReadMessage {
  /** The payload as text; invalid UTF-8 shows as U+FFFD, and `xml` says so. */
  readonly text: string;
  /** Of the document without the framing of other transports, which a check of its own reports. */
  readonly xml: XmlReading;
  /** Absent when it is no XML. */
  readonly netconf?: NetconfMessage;
}

/** Elements, attributes and texts of one message; a peer that sends more is not read further. */
const maximumNodes = 200_000;

/**
 * The same messages come again and again: to several sessions, live and in judgement. Reading is pure and
 * its results are never changed, so they are shared: many small ones, and the latest few of any size.
 */
const small = memory(16_384);
const large = memory(4);
const largestSmall = 2048;

/**
 * Reads a message payload. Never throws.
 * @param ours the message is the suite's own, not judged: the blanks that pad it to a size are skipped
 */
export function readPayload(data: Uint8Array, ours = false): ReadMessage {
  const isSmall = data.length <= largestSmall;
  if (ours && !isSmall) return readAnew(withoutPadding(data));
  return (isSmall ? small : large)(data);
}

/** Reads, and remembers the latest readings: at least as many as half of `capacity`. */
function memory(capacity: number): (data: Uint8Array) => ReadMessage {
  let recent = new Map<string, ReadMessage>();
  let older = recent;
  return (data) => {
    const key = Buffer.from(data.buffer, data.byteOffset, data.length).toString("latin1");
    const known = recent.get(key) ?? older.get(key);
    if (known) return known;
    const read = readAnew(data);
    if (recent.size >= capacity / 2) {
      older = recent;
      recent = new Map();
    }
    recent.set(key, read);
    return read;
  };
}

const longRun = " ".repeat(256);

/** A long run of blanks in the suite's own messages stands in a start tag and means nothing. */
function withoutPadding(data: Uint8Array): Uint8Array {
  const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString("latin1");
  if (!text.includes(longRun)) return data;
  return Buffer.from(text.replace(/ {256,}/g, " "), "latin1");
}

function readAnew(data: Uint8Array): ReadMessage {
  const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString("utf8");
  const bare = stripFraming(text);
  const xml = readXml(bare === text ? data : bare, { nodes: maximumNodes });
  return xml.ok ? { text, xml, netconf: readMessage(xml.root) } : { text, xml };
}
