/** Key arithmetic of hybi-00: what Key1, Key2 and the 8 bytes behind the blank line prove (4.1, 5.2). */
import { createHash } from "node:crypto";
import { type Random, randomBelow } from "./bytes.ts";

const largest = 0xffffffff;
export const key3Length = 8;
export const answerLength = 16;

function digitsOf(key: string): string {
  return key.replace(/[^0-9]/g, "");
}

function spacesOf(key: string): number {
  return key.length - key.replaceAll(" ", "").length;
}

/**
 * The 32-bit number a key stands for: its digits divided by its spaces (5.2 items 4 to 7).
 * Undefined where there is none: no space, no digit, no whole quotient, or one above 2^32-1.
 */
export function keyPart(key: string): number | undefined {
  const digits = digitsOf(key);
  const spaces = spacesOf(key);
  if (digits === "" || spaces === 0) return undefined;
  const number = BigInt(digits);
  const part = number / BigInt(spaces);
  return number % BigInt(spaces) === 0n && part <= BigInt(largest) ? Number(part) : undefined;
}

/** MD5 of both parts and key3, 16 bytes (5.2 items 8 and 9); undefined where a part or a byte of key3 is missing. */
export function challengeAnswer(key1: string, key2: string, key3: Uint8Array): Uint8Array | undefined {
  const part1 = keyPart(key1);
  const part2 = keyPart(key2);
  if (part1 === undefined || part2 === undefined || key3.length !== key3Length) return undefined;
  const challenge = Buffer.alloc(16);
  challenge.writeUInt32BE(part1, 0);
  challenge.writeUInt32BE(part2, 4);
  challenge.set(key3, 8);
  return createHash("md5").update(challenge).digest();
}

/** What keeps a key from being one that a conforming client makes (4.1 items 16 to 23); empty when nothing. */
export function keyFaults(key: string): string[] {
  const digits = digitsOf(key);
  const spaces = spacesOf(key);
  const others = key.length - digits.length - spaces;
  const faults: string[] = [];
  if (spaces < 1 || spaces > 12) faults.push(`${spaces} spaces, 1 to 12 expected`);
  if (key.startsWith(" ") || key.endsWith(" ")) faults.push("a space at its start or end");
  // the text says 1 to 12, but two of the draft's own examples have 13 (1.3, 4.1): no upper limit is held
  if (others < 1) faults.push("no character but digits and spaces");
  if (/[^ -~]/.test(key)) faults.push("a character outside 20..7E");
  if (!/^(?:0|[1-9][0-9]*)$/.test(digits)) faults.push("no decimal number in its digits");
  else if (BigInt(digits) > BigInt(largest)) faults.push(`number ${digits} above 4294967295`);
  else if (spaces > 0 && BigInt(digits) % BigInt(spaces) !== 0n)
    faults.push(`number ${digits} is no multiple of its ${spaces} spaces`);
  return faults;
}

/** Characters that may be strewn among the digits: 21..2F and 3A..7E. */
const strewn = Array.from({ length: 0x7e - 0x21 + 1 }, (_, i) => String.fromCharCode(0x21 + i)).filter(
  (character) => !/[0-9]/.test(character),
);

/** A key as a client makes it (4.1 items 16 to 23). */
export function generateKey(random: Random): string {
  const spaces = 1 + randomBelow(random, 12);
  const number = randomBelow(random, Math.floor(largest / spaces) + 1);
  const key = [...String(number * spaces)];
  for (let i = 1 + randomBelow(random, 12); i > 0; i--)
    key.splice(randomBelow(random, key.length + 1), 0, strewn[randomBelow(random, strewn.length)] as string);
  for (let i = spaces; i > 0; i--) key.splice(1 + randomBelow(random, key.length - 1), 0, " ");
  return key.join("");
}
