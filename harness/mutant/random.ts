/** Random bytes that a seed repeats (mulberry32); masking keys need no more. */
export function seededBytes(seed: number): (size: number) => Uint8Array {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) & 0xff;
  };
  return (size) => Uint8Array.from({ length: size }, next);
}
