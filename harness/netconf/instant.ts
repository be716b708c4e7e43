/**
 * Times as NETCONF notifications write them: what RFC 3339 and the dateTime of XML Schema 1.0 both
 * allow (RFC 5277 §2.1.1). Instants are compared, never texts.
 */
import { trimXml } from "./tree.ts";
import type { Instant } from "./types.ts";

const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;
const nanosPerSecond = 1_000_000_000n;
const nanosPerMinute = 60n * nanosPerSecond;
const nanosPerDay = 1440n * nanosPerMinute;

/**
 * Reads `YYYY-MM-DDThh:mm:ss[.f…](Z|±hh:mm)`, trimmed (the schema collapses white space); undefined for
 * anything else: no or lower-case zone or T, hour 24, second 60, year 0000, a zone beyond 14:00, a day
 * that the month does not have. Any number of fraction digits; those behind the ninth do not count.
 */
export function readInstant(text: string): Instant | undefined {
  const match = pattern.exec(trimXml(text));
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  const [fraction = "", sign, zoneHours, zoneMinutes] = match.slice(7) as (string | undefined)[];
  const zone = Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || Number(zoneMinutes ?? 0) > 59 || zone > 14 * 60) return undefined;
  const offsetMinutes = sign === "-" && zone !== 0 ? -zone : zone;
  const minutes = BigInt(daysSinceEpoch(year, month, day)) * 1440n + BigInt(hour * 60 + minute - offsetMinutes);
  const nanos =
    minutes * nanosPerMinute + BigInt(second) * nanosPerSecond + BigInt(fraction.padEnd(9, "0").slice(0, 9));
  return { nanos, fractionDigits: fraction.length, offsetMinutes };
}

type Six = [number, number, number, number, number, number];

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar; years 1 to 9999. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  // Date.UTC reads the years 0 to 99 as 1900 to 1999; 400 years on, the calendar is the same.
  return Date.UTC(year + 400, month - 1, day) / 86_400_000 - 146_097;
}

/** -1, 0 or 1 as `a` is before, at or after `b`, whatever zone and precision they were written in. */
export function compareInstants(a: Instant, b: Instant): -1 | 0 | 1 {
  if (a.nanos === b.nanos) return 0;
  return a.nanos < b.nanos ? -1 : 1;
}

/**
 * The nanoseconds of `bound`, cut to the fraction digits in which `shown` is written: a server that writes whole
 * seconds cannot show an event later in that second.
 */
export function atResolutionOf(bound: Instant, shown: Instant): bigint {
  const step = 10n ** BigInt(9 - Math.min(9, shown.fractionDigits));
  return bound.nanos - (((bound.nanos % step) + step) % step);
}

/** The instant that many nanoseconds later, or earlier when negative, with the same zone and precision. */
export function addNanos(instant: Instant, nanos: bigint): Instant {
  return { ...instant, nanos: instant.nanos + nanos };
}

/** An instant from milliseconds since 1970 (whole; fractions are cut), in UTC with three fraction digits. */
export function fromUnixMs(milliseconds: number): Instant {
  return { nanos: BigInt(Math.trunc(milliseconds)) * 1_000_000n, fractionDigits: 3, offsetMinutes: 0 };
}

export interface InstantFormat {
  /** Zone to write, -840 to 840; default: the instant's own. `Z` for 0. */
  readonly offsetMinutes?: number;
  /** Digits of the fraction, further ones are cut; default: the instant's own. */
  readonly fractionDigits?: number;
}

/**
 * The instant as text that `readInstant` reads back.
 * @throws RangeError when the year in that zone is not 1 to 9999, or the zone is out of range
 */
export function formatInstant(instant: Instant, format: InstantFormat = {}): string {
  const { offsetMinutes = instant.offsetMinutes, fractionDigits = instant.fractionDigits } = format;
  const local = instant.nanos + BigInt(offsetMinutes) * nanosPerMinute;
  const remainder = ((local % nanosPerDay) + nanosPerDay) % nanosPerDay;
  const days = Number((local - remainder) / nanosPerDay);
  const date = new Date((days + 146_097) * 86_400_000);
  const year = date.getUTCFullYear() - 400;
  if (!(year >= 1 && year <= 9999)) throw new RangeError(`the year ${year} cannot be written`);
  if (!Number.isInteger(offsetMinutes) || Math.abs(offsetMinutes) > 840) {
    throw new RangeError(`a zone of ${offsetMinutes} minutes cannot be written`);
  }
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = Number(remainder / nanosPerSecond);
  const day = `${String(year).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const digits = String(remainder % nanosPerSecond)
    .padStart(9, "0")
    .padEnd(fractionDigits, "0")
    .slice(0, fractionDigits);
  const zone = Math.abs(offsetMinutes);
  const written = zone === 0 ? "Z" : `${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(zone / 60))}:${two(zone % 60)}`;
  return `${day}T${time}${digits === "" ? "" : `.${digits}`}${written}`;
}
