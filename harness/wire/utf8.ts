/** UTF-8 (RFC 3629) checked piece by piece, failing at the first byte that cannot be right. */
import { isUtf8 } from "node:buffer";

export interface Utf8Validator {
  /** Index in `bytes` of the first byte that makes the text invalid, or -1. Not to be called again after that. */
  push(bytes: Uint8Array): number;
  /** True at a border between characters: the text may end here. */
  readonly complete: boolean;
}

/** Below this many bytes stepping is cheaper than a call out of JavaScript. */
const bulkFrom = 24;

export function utf8Validator(): Utf8Validator {
  const character = { missing: 0, low: 0x80, high: 0xbf };
  return {
    push(bytes) {
      let at = 0;
      for (; character.missing > 0 && at < bytes.length; at++) if (!step(character, bytes[at] as number)) return at;
      if (bytes.length - at >= bulkFrom) {
        const border = lastBorder(bytes, at);
        if (isUtf8(bytes.subarray(at, border))) at = border;
      }
      for (; at < bytes.length; at++) if (!step(character, bytes[at] as number)) return at;
      return -1;
    },
    get complete() {
      return character.missing === 0;
    },
  };
}

/** Where a character that the bytes may cut short begins, else their end. */
function lastBorder(bytes: Uint8Array, from: number): number {
  for (let back = 1; back <= 3 && bytes.length - back >= from; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0xc0) return bytes.length - back;
    if (byte < 0x80) break;
  }
  return bytes.length;
}

interface Character {
  /** Bytes still to come. */
  missing: number;
  /** Range of the next of them. */
  low: number;
  high: number;
}

/** First bytes: up to which value, how many bytes follow, range of the first of them (RFC 3629 §4). */
const leads: readonly (readonly [last: number, missing: number, low: number, high: number])[] = [
  [0x7f, 0, 0x80, 0xbf],
  [0xc1, -1, 0, 0],
  [0xdf, 1, 0x80, 0xbf],
  [0xe0, 2, 0xa0, 0xbf],
  [0xec, 2, 0x80, 0xbf],
  [0xed, 2, 0x80, 0x9f],
  [0xef, 2, 0x80, 0xbf],
  [0xf0, 3, 0x90, 0xbf],
  [0xf3, 3, 0x80, 0xbf],
  [0xf4, 3, 0x80, 0x8f],
  [0xff, -1, 0, 0],
];

function step(character: Character, byte: number): boolean {
  if (character.missing > 0) {
    if (byte < character.low || byte > character.high) return false;
    character.missing--;
    character.low = 0x80;
    character.high = 0xbf;
    return true;
  }
  if (byte < 0x80) return true;
  for (const [last, missing, low, high] of leads) {
    if (byte > last) continue;
    character.missing = Math.max(missing, 0);
    character.low = low;
    character.high = high;
    return missing > 0;
  }
  return false;
}
