/**
 * Stands before websocket-driver, which hands the text of reserved frames 01..7F on as messages, takes
 * any FF frame whose length begins with a padding byte for a close, and ends a skipped frame at an FF
 * inside it. The gate lets text frames through, steps over reserved ones (hybi-00 §5.3) and finds the
 * closing frame itself.
 */
export interface Hybi00Gate {
  /** Gives the bytes of text frames among `bytes`; after a close, nothing. */
  pass(bytes: Buffer): Buffer;
  /** `open`; `closed` by FF 00, padded or not; `overrun` by a frame too long to be stepped over. */
  readonly state: "open" | "closed" | "overrun";
}

type Inside = "between" | "text" | "sentinel" | "length" | "counted";

const TEXT = 0x00;
const END = 0xff;
const CLOSE = 0xff;

/** @param limit greatest number of bytes of a frame that is stepped over */
export function createHybi00Gate(limit: number): Hybi00Gate {
  let state: Hybi00Gate["state"] = "open";
  let inside: Inside = "between";
  let type = 0;
  let left = 0;

  /** Reads one byte of a frame's beginning. */
  const begin = (byte: number): Inside => {
    if (inside === "between") {
      type = byte;
      left = 0;
      return byte === TEXT ? "text" : byte < 0x80 ? "sentinel" : "length";
    }
    left = left * 128 + (byte & 0x7f);
    if (left > limit) state = "overrun";
    if (byte >= 0x80) return "length";
    if (type === CLOSE && left === 0) state = "closed";
    return left === 0 ? "between" : "counted";
  };

  /** Steps from `at` to the end of what is skipped. */
  const skip = (bytes: Buffer, at: number): number => {
    if (inside === "counted") {
      const next = Math.min(bytes.length, at + left);
      left -= next - at;
      if (left === 0) inside = "between";
      return next;
    }
    const end = bytes.indexOf(END, at);
    const next = end < 0 ? bytes.length : end + 1;
    left += next - at;
    if (left > limit) state = "overrun";
    if (end >= 0) inside = "between";
    return next;
  };

  return {
    get state() {
      return state;
    },
    pass(bytes) {
      const passed: Buffer[] = [];
      let at = 0;
      while (at < bytes.length && state === "open") {
        if (inside === "between" || inside === "length") {
          inside = begin(bytes[at] ?? 0);
          if (inside === "text") passed.push(bytes.subarray(at, at + 1));
          at++;
        } else if (inside === "text") {
          const end = bytes.indexOf(END, at);
          const next = end < 0 ? bytes.length : end + 1;
          passed.push(bytes.subarray(at, next));
          if (end >= 0) inside = "between";
          at = next;
        } else at = skip(bytes, at);
      }
      return passed.length === 1 ? (passed[0] ?? Buffer.alloc(0)) : Buffer.concat(passed);
    },
  };
}
