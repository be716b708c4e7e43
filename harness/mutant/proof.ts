/** The server's proof, computed apart from harness/wire so that a mutant can get it wrong in known ways. */
import { createHash } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Sec-WebSocket-Accept for a key (RFC 6455 §4.2.2 item 5.4; hybi-06 §1.3). */
export function acceptOf(key: string | Uint8Array): string {
  return createHash("sha1").update(key).update(GUID).digest("base64");
}

export interface ProofVariant {
  /** Strip white space around the key values before their spaces are counted. */
  readonly trimKeys?: boolean;
  /** Strip white space bytes around key3. */
  readonly trimKey3?: boolean;
}

/** The 16 bytes of hybi-00 §5.2, or those of a server that reads the keys in a wrong way. */
export function hixieProof(key1: string, key2: string, key3: Uint8Array, variant: ProofVariant = {}): Uint8Array {
  const challenge = Buffer.alloc(8);
  challenge.writeUInt32BE(part(variant.trimKeys ? key1.trim() : key1), 0);
  challenge.writeUInt32BE(part(variant.trimKeys ? key2.trim() : key2), 4);
  const tail = variant.trimKey3 ? trimBytes(key3) : key3;
  return createHash("md5").update(challenge).update(tail).digest();
}

/** Key number divided by the number of spaces; a key without spaces is divided by 1, the way a defective server would. */
function part(key: string): number {
  const digits = key.replace(/\D/g, "") || "0";
  const spaces = [...key].filter((char) => char === " ").length || 1;
  return Number((BigInt(digits) / BigInt(spaces)) & 0xffffffffn);
}

function trimBytes(bytes: Uint8Array): Uint8Array {
  const blank = (byte: number | undefined) => byte !== undefined && [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20].includes(byte);
  let from = 0;
  let to = bytes.length;
  while (from < to && blank(bytes[from])) from++;
  while (to > from && blank(bytes[to - 1])) to--;
  return bytes.subarray(from, to);
}
