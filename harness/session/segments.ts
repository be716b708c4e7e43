/** How bytes are cut into TCP segments. */

/**
 * `each`: every byte a segment of its own. A number: segments of that size. A list: cuts at these
 * offsets; negative ones count from the end.
 */
export type Cut = "each" | number | readonly number[];

/** Splits `bytes` as told; an absent cut gives one segment. Offsets outside the bytes are ignored. */
export function segmentsOf(bytes: Uint8Array, cut: Cut | undefined): Uint8Array[] {
  if (cut === undefined || bytes.length === 0) return [bytes];
  const borders = bordersOf(bytes.length, cut);
  const segments: Uint8Array[] = [];
  let from = 0;
  for (const border of [...borders, bytes.length]) {
    if (border <= from) continue;
    segments.push(bytes.subarray(from, border));
    from = border;
  }
  return segments;
}

function bordersOf(length: number, cut: Cut): number[] {
  if (typeof cut === "object") {
    return cut
      .map((offset) => (offset < 0 ? length + offset : offset))
      .filter((offset) => offset > 0 && offset < length)
      .sort((a, b) => a - b);
  }
  const size = cut === "each" ? 1 : Math.max(1, cut);
  return Array.from({ length: Math.ceil(length / size) - 1 }, (_, index) => (index + 1) * size);
}
