/**
 * Times of RFC 5277: the intersection of RFC 3339 date-time and xs:dateTime. An instant is the number of
 * attoseconds (10^-18 s) since 1970-01-01T00:00:00Z, so that no fraction anybody writes is rounded.
 */
export type Instant = bigint;

const ATTOS_PER_MICRO = 10n ** 12n;
const ATTOS_PER_SECOND = 10n ** 18n;
const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Reads a date-time with its mandatory zone; `undefined` when it is none. No second 60, no 24:00:00. */
export function readDateTime(text: string): Instant | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [, y, mo, d, h, mi, s, fraction = "", sign, oh = "0", om = "0"] = match;
  const [year, month, day, hour, minute, second] = [y, mo, d, h, mi, s].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || Number(om) > 59) return undefined;
  const offset = Number(oh) * 60 + Number(om);
  if (offset > 14 * 60) return undefined;
  const minutes = hour * 60 + minute - (sign === "-" ? -offset : offset);
  const seconds = BigInt(date.getTime() / 1000 + minutes * 60 + second);
  return seconds * ATTOS_PER_SECOND + BigInt(fraction.slice(0, 18).padEnd(18, "0"));
}

/** Writes microseconds since 1970 as a date-time in UTC with six fraction digits. */
export function writeDateTime(micros: bigint): string {
  const millis = micros / 1000n;
  const head = new Date(Number(millis)).toISOString().slice(0, -1);
  return `${head}${String(micros % 1000n).padStart(3, "0")}Z`;
}

export function fromMicros(micros: bigint): Instant {
  return micros * ATTOS_PER_MICRO;
}

/** Milliseconds since 1970 at which `instant` has been reached. */
export function toMillisCeil(instant: Instant): number {
  const attosPerMilli = ATTOS_PER_SECOND / 1000n;
  return Number((instant + attosPerMilli - 1n) / attosPerMilli);
}

/** The engine's clock: microseconds since 1970, no two readings by `tick` alike. */
export interface Clock {
  /** A new instant, later than all before it. */
  tick(): bigint;
  /** The instant now, not before the latest `tick`. */
  now(): bigint;
}

export function createClock(wall: () => number = Date.now): Clock {
  let last = 0n;
  const now = (): bigint => {
    const micros = BigInt(wall()) * 1000n;
    return micros > last ? micros : last;
  };
  return {
    now,
    tick() {
      const reading = now();
      last = reading > last ? reading : last + 1n;
      return last;
    },
  };
}
