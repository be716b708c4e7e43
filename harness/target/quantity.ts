/** Durations and sizes as they stand in a target file. */

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000 };
const bytes: Readonly<Record<string, number>> = { B: 1, kB: 1000, MB: 1e6, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Milliseconds of `300ms`, `2s`, `1.5s`, `1min`. Undefined for anything else, zero included. */
export function duration(text: string): number | undefined {
  return quantity(text, milliseconds);
}

/** Bytes of `512B`, `64kB`, `1MiB`, or of a number of bytes. Undefined for anything else, zero included. */
export function size(value: string | number): number | undefined {
  if (typeof value === "number") return Number.isInteger(value) && value > 0 ? value : undefined;
  return quantity(value, bytes);
}

function quantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?) ?([A-Za-z]+)$/.exec(text);
  const unit = units[match?.[2] ?? ""];
  if (match === null || unit === undefined) return undefined;
  const value = Math.round(Number(match[1]) * unit);
  return value > 0 ? value : undefined;
}
