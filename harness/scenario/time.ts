/** Time expressions of fixtures: `now-1h`, `first(logged)`, `last(logged)+1ms zone +09:00 digits 3`. */
import { addNanos, formatInstant, fromUnixMs, readInstant } from "../netconf/index.ts";
import type { Instant } from "../netconf/types.ts";
import { type DriveContext, DriveStop, serverNow } from "./context.ts";
import { instancesOf, isMarked } from "./marks.ts";

const expression =
  /^(now|first\(([\w-]+)\)|last\(([\w-]+)\))(?:([+-])(\d+)(us|ms|s|m|h|d|%))?(?: zone ([+-]\d\d):(\d\d))?(?: digits (\d))?$/;

const nanosOf: Record<string, bigint> = {
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

/** Digits of a fraction that it takes to write a whole number of that unit. */
const fractionOf: Readonly<Record<string, number>> = { "%": 3, ms: 3, us: 6 };

/**
 * The text of a dateTime. `now` is the server's clock; `first(m)` and `last(m)` are the eventTime of the
 * first and last event of mark `m` seen on any connection. `%` is of the target's deadline for events, so that a slow
 * target has its time. Anything else is taken as it stands.
 */
export function timeText(context: DriveContext, text: string): string {
  const match = expression.exec(text);
  if (!match) return text;
  const [, base = "", first, last, sign, amount, unit = "s", zoneHours, zoneMinutes, digits] = match;
  const start =
    base === "now" ? serverNow(context) : eventInstant(context, (first ?? last) as string, first !== undefined);
  const size = unit === "%" ? BigInt(Math.round(context.target.file.access.deadlines.event * 10_000)) : nanosOf[unit];
  const shift = amount === undefined ? 0n : BigInt(amount) * (size as bigint) * (sign === "-" ? -1n : 1n);
  const zone =
    zoneHours === undefined ? 0 : Number(`${zoneHours[0]}1`) * (Math.abs(Number(zoneHours)) * 60 + Number(zoneMinutes));
  const fractionDigits = digits === undefined ? Math.max(start.fractionDigits, fractionOf[unit] ?? 0) : Number(digits);
  return formatInstant(addNanos(start, shift), { offsetMinutes: zone, fractionDigits });
}

function eventInstant(context: DriveContext, mark: string, first: boolean): Instant {
  const instances = instancesOf(context, mark);
  const times = [...context.connections.values()]
    .flatMap((connection) => connection.inbox)
    .flatMap((item) =>
      item.type === "message" &&
      item.netconf?.kind === "notification" &&
      instances.some((instance) => isMarked(item.netconf, instance))
        ? [readInstant(item.netconf.eventTime ?? "")]
        : [],
    )
    .filter((instant) => instant !== undefined)
    .sort((a, b) => (a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0));
  const instant = first ? times[0] : times.at(-1);
  if (!instant) throw new DriveStop(`no eventTime of "${mark}" was seen`);
  return instant;
}

/**
 * Milliseconds by which the server's clock is ahead, told from an eventTime and the local time of its arrival.
 * An eventTime in whole seconds stands for any instant within its second: the offset nearest to 0 is taken.
 */
export function clockOffset(eventTime: string, localMs: number): number | undefined {
  const instant = readInstant(eventTime);
  if (!instant) return undefined;
  const least = Number((instant.nanos - fromUnixMs(Math.round(localMs)).nanos) / 1_000_000n);
  const most = least + 10 ** Math.max(0, 3 - instant.fractionDigits) - 1;
  return Math.min(Math.max(0, least), most);
}
