/** Repeatable randomness: a seed and a name give the same bytes in every run (sfc32 by Chris Doty-Humphrey, public domain). */

function hash(text: string): [number, number, number, number] {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, text.length];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 0x85ebca6b);
    b = Math.imul(b ^ (code + index), 0xc2b2ae35);
    c = Math.imul(c + code, 0x27d4eb2f) ^ a;
    d = (d ^ b) + c;
  }
  return [a | 0, b | 0, c | 0, d | 0];
}

/** A source of bytes for one case: distinct for every name, the same for the same seed. */
export function randomOf(seed: number, name: string): (size: number) => Uint8Array {
  let [a, b, c, d] = hash(`${seed}/${name}`);
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 24;
  };
  for (let round = 0; round < 12; round += 1) next();
  return (size) => Uint8Array.from({ length: size }, next);
}
