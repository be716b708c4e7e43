import type { Readable } from "node:stream";

/** Characters of one line; a message of 4 MiB fits however it is escaped. */
const MAX_LINE = 32 * 1024 * 1024;

/** Lines of a stream, split at LF only: U+2028 and U+2029 may stand in JSON text. */
export async function* readLines(input: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  try {
    for await (const chunk of input) {
      const text = typeof chunk === "string" ? chunk : decoder.decode(chunk as Uint8Array, { stream: true });
      const [first = "", ...rest] = text.split("\n");
      parts.push(first);
      length += first.length;
      for (const next of rest) {
        yield parts.join("");
        parts = [next];
        length = next.length;
      }
      if (length > MAX_LINE) {
        parts = ["[overlong line]"];
        length = 0;
      }
    }
  } catch {
    // A broken input is an ended one.
  }
  yield parts.join("");
}
