/** Masking with a 4-byte key: RFC 6455 §5.3 over the payload, hybi-06 ~4.2 over the whole frame. */

/** Below this many bytes a plain loop beats setting up a view of words. */
const wordsFrom = 128;

/**
 * The bytes from..to-1 XORed with the key, in new memory. Masking and unmasking are the same.
 * @param phase index of the first byte in the masked run: it meets `key[phase mod 4]`
 */
export function masked(source: Uint8Array, key: Uint8Array, phase = 0, from = 0, to = source.length): Buffer {
  const out = Buffer.allocUnsafe(to - from);
  let done = 0;
  if (out.length >= wordsFrom && (out.byteOffset & 3) === 0) {
    out.set(from === 0 && to === source.length ? source : source.subarray(from, to));
    done = xorWords(out, key, phase);
  }
  for (; done < out.length; done++) out[done] = (source[from + done] as number) ^ (key[(done + phase) & 3] as number);
  return out;
}

/** XORs whole words in place, in the machine's own byte order on both sides; returns the bytes done. */
function xorWords(bytes: Buffer, key: Uint8Array, phase: number): number {
  for (let i = 0; i < 4; i++) turned[i] = key[(i + phase) & 3] as number;
  const word = turnedWord[0] as number;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const whole = words.length;
  for (let i = 0; i < whole; i++) words[i] = (words[i] as number) ^ word;
  return whole * 4;
}

/** Workspace of {@link xorWords}: the key from its phase on, as bytes and as a word. */
const turned = new Uint8Array(4);
const turnedWord = new Int32Array(turned.buffer);
