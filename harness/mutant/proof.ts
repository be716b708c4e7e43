/** The server's proof, computed apart from harness/wire so that a mutant can get it wrong in known ways. */
import { createHash } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Sec-WebSocket-Accept for a key (RFC 6455 §4.2.2 item 5.4; hybi-06 §1.3). */
export function acceptOf(key: string | Uint8Array): string {
  return createHash("sha1").update(key).update(GUID).digest("base64");
}

/** A wrong way to read the keys of hybi-00. */
export type ProofFault = "trim-keys" | "trim-key3" | "any-blank" | "first-digits" | "signed";

/** The 16 bytes of hybi-00 §5.2, or those of a server with a fault. */
export function hixieProof(key1: string, key2: string, key3: Uint8Array, fault?: ProofFault): Uint8Array {
  const challenge = Buffer.alloc(8);
  challenge.writeUInt32BE(quotientOf(key1, fault), 0);
  challenge.writeUInt32BE(quotientOf(key2, fault), 4);
  const tail = fault === "trim-key3" ? trimBytes(key3) : key3;
  return createHash("md5").update(challenge).update(tail).digest();
}

/** Key number divided by its number of spaces; without a space by 1, the way a defective server would. */
function quotientOf(key: string, fault: ProofFault | undefined): number {
  const text = fault === "trim-keys" ? key.trim() : key;
  const digits = fault === "first-digits" ? (/\d+/.exec(text)?.[0] ?? "0") : text.replace(/\D/g, "") || "0";
  const spaces = text.match(fault === "any-blank" ? /\s/g : / /g)?.length ?? 1;
  const quotient = Number((BigInt(digits) / BigInt(spaces)) & 0xffffffffn);
  return fault === "signed" ? Math.min(quotient, 0x7fffffff) : quotient;
}

function trimBytes(bytes: Uint8Array): Uint8Array {
  const blank = (byte: number | undefined) => byte !== undefined && [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20].includes(byte);
  let from = 0;
  let to = bytes.length;
  while (from < to && blank(bytes[from])) from++;
  while (to > from && blank(bytes[to - 1])) to--;
  return bytes.subarray(from, to);
}
