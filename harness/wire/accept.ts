/** The proof of hybi-06 and RFC 6455: Sec-WebSocket-Accept (RFC 6455 §4.2.2 item 5.4). */
import { createHash } from "node:crypto";
import { fromLatin1 } from "./bytes.ts";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * base64(SHA-1(key + GUID)), 28 characters.
 * @param key the Sec-WebSocket-Key value as text, outer blanks removed; it is not base64-decoded
 */
export function acceptValue(key: string): string {
  return createHash("sha1")
    .update(fromLatin1(key + guid))
    .digest("base64");
}

/** Bytes that a key decodes to, or undefined where it is not base64. Padding bits may be other than zero. */
export function keyBytes(key: string): Uint8Array | undefined {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(key)
    ? Buffer.from(key, "base64")
    : undefined;
}
