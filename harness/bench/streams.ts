/** The bytes that the decoders are fed with: text messages of a client, in the pieces in which TCP brings them. */
import { randomBytes } from "node:crypto";
import type { Dialect } from "../wire/types.ts";

export interface Stream {
  readonly messages: number;
  /** Payload of each message, bytes. */
  readonly size: number;
  /** A copy that its reader may change: `ws` unmasks in place. */
  pieces(): Buffer[];
}

/** What one read of a socket brings at most. */
const pieceSize = 65536;

/** @param volume payload bytes in all, rounded to whole messages */
export function streamOf(dialect: Dialect, size: number, volume: number): Stream {
  const messages = Math.max(1, Math.round(volume / size));
  const payload = textOf(size);
  const frames = Array.from({ length: messages }, () =>
    dialect.encode({ kind: "text", payload }, "client", randomBytes),
  );
  const bytes = Buffer.concat(frames);
  return {
    messages,
    size,
    pieces() {
      const copy = Buffer.from(bytes);
      const count = Math.ceil(copy.length / pieceSize);
      return Array.from({ length: count }, (_, index) => copy.subarray(index * pieceSize, (index + 1) * pieceSize));
    },
  };
}

/** XML as devices send it: ASCII, and a character of two bytes now and then. */
function textOf(size: number): Buffer {
  const line =
    '<interface><name>Ethernet1/0</name><description>zum Büro</description><mtu units="octets">1500</mtu></interface>\n';
  const text = Buffer.from(line.repeat(Math.ceil(size / line.length)));
  const payload = Buffer.from(text.subarray(0, size));
  // A character that the end cut is none.
  if ((payload.at(-1) ?? 0) > 0x7f) payload[size - 1] = 0x20;
  return payload;
}
