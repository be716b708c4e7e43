import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addNanos, compareInstants, formatInstant, fromUnixMs, readInstant } from "./instant.ts";
import type { Instant } from "./types.ts";

const read = (text: string): Instant => {
  const instant = readInstant(text);
  if (instant === undefined) throw new Error(text);
  return instant;
};

describe("readInstant", () => {
  test.each([
    ["1970-01-01T00:00:00Z", 0n, 0, 0],
    ["1969-12-31T23:59:59.5Z", -500_000_000n, 1, 0],
    ["2008-07-08T00:01:00Z", 1_215_475_260_000_000_000n, 0, 0],
    ["2024-05-01T08:00:00+09:00", 1_714_518_000_000_000_000n, 0, 540],
    ["2024-02-29T23:59:59.000000001-00:30", 1_709_252_999_000_000_001n, 9, -30],
    ["2000-02-29T00:00:00Z", 951_782_400_000_000_000n, 0, 0],
    ["1970-01-01T00:00:00.123456789987654321Z", 123_456_789n, 18, 0],
    ["1970-01-01T14:00:00+14:00", 0n, 0, 840],
    ["1969-12-31T10:00:00-14:00", 0n, 0, -840],
    ["1970-01-01T00:00:00-00:00", 0n, 0, 0],
    ["0001-01-01T00:00:00Z", -62_135_596_800_000_000_000n, 0, 0],
    ["9999-12-31T23:59:59Z", 253_402_300_799_000_000_000n, 0, 0],
    [" \n\t2008-07-08T00:01:00Z\r\n", 1_215_475_260_000_000_000n, 0, 0],
  ])("%s", (text, nanos, fractionDigits, offsetMinutes) => {
    const instant = readInstant(text);
    expect(instant).toMatchObject({ fractionDigits, offsetMinutes });
    expect(instant?.nanos).toBe(nanos);
  });

  test.each([
    [""],
    ["2024-05-01"],
    ["2024-05-01T08:00:00"],
    ["2024-05-01T08:00Z"],
    ["2024-05-01 08:00:00Z"],
    ["2024-05-01t08:00:00Z"],
    ["2024-05-01T08:00:00z"],
    ["2024-05-01T08:00:00.Z"],
    ["2024-05-01T08:00:00,5Z"],
    ["2024-05-01T08:00:00+0900"],
    ["2024-05-01T08:00:00+09"],
    ["2024-05-01T08:00:00+9:00"],
    ["2024-05-01T08:00:00 +09:00"],
    ["2024-05-01T08:00:00+14:01"],
    ["2024-05-01T08:00:00+15:00"],
    ["2024-05-01T08:00:00+09:60"],
    ["2024-05-01T08:00:00Z+09:00"],
    ["2024-05-01T24:00:00Z"],
    ["2024-05-01T23:60:00Z"],
    ["2016-12-31T23:59:60Z"],
    ["2024-00-01T00:00:00Z"],
    ["2024-13-01T00:00:00Z"],
    ["2024-05-00T00:00:00Z"],
    ["2024-04-31T00:00:00Z"],
    ["2023-02-29T00:00:00Z"],
    ["1900-02-29T00:00:00Z"],
    ["0000-01-01T00:00:00Z"],
    ["-0001-01-01T00:00:00Z"],
    ["10000-01-01T00:00:00Z"],
    ["+2024-05-01T00:00:00Z"],
    ["24-05-01T00:00:00Z"],
    ["2024-5-1T00:00:00Z"],
    ["\u00A02024-05-01T00:00:00Z"],
    ["２０２４-05-01T00:00:00Z"],
    ["1714518000"],
    ["Wed, 01 May 2024 08:00:00 GMT"],
  ])("%j is none", (text) => {
    expect(readInstant(text)).toBeUndefined();
  });
});

test("instants are compared, not texts", () => {
  expect(compareInstants(read("2024-05-01T08:00:00+09:00"), read("2024-05-01T00:00:00Z"))).toBe(-1);
  expect(compareInstants(read("2024-05-01T00:00:00.000Z"), read("2024-05-01T00:00:00Z"))).toBe(0);
  expect(compareInstants(read("2024-05-01T00:00:00.0000001Z"), read("2024-05-01T00:00:00Z"))).toBe(1);
});

describe("formatInstant", () => {
  test.each([
    [{}, "2024-05-01T08:00:00.5+09:00"],
    [{ offsetMinutes: 0 }, "2024-04-30T23:00:00.5Z"],
    [{ offsetMinutes: -210 }, "2024-04-30T19:30:00.5-03:30"],
    [{ fractionDigits: 0 }, "2024-05-01T08:00:00+09:00"],
    [{ fractionDigits: 12 }, "2024-05-01T08:00:00.500000000000+09:00"],
  ])("%j", (format, text) => {
    expect(formatInstant(read("2024-05-01T08:00:00.5+09:00"), format)).toBe(text);
  });

  test("adding and cutting", () => {
    expect(formatInstant(addNanos(fromUnixMs(1), -1n), { fractionDigits: 9 })).toBe("1970-01-01T00:00:00.000999999Z");
    expect(formatInstant(addNanos(fromUnixMs(0), -1n))).toBe("1969-12-31T23:59:59.999Z");
    expect(formatInstant(fromUnixMs(-0.5))).toBe("1970-01-01T00:00:00.000Z");
  });

  test("what cannot be written is refused", () => {
    expect(() => formatInstant(read("9999-12-31T23:59:59Z"), { offsetMinutes: 60 })).toThrow(RangeError);
    expect(() => formatInstant(read("0001-01-01T00:00:00Z"), { offsetMinutes: -60 })).toThrow(RangeError);
    expect(() => formatInstant(fromUnixMs(0), { offsetMinutes: 841 })).toThrow(RangeError);
  });

  test("it reads back, in every zone and precision", () => {
    const nanos = fc.bigInt({ min: read("0001-01-02T00:00:00Z").nanos, max: read("9999-12-30T23:59:59Z").nanos });
    fc.assert(
      fc.property(
        nanos,
        fc.integer({ min: -840, max: 840 }),
        fc.integer({ min: 9, max: 12 }),
        (at, offsetMinutes, fractionDigits) => {
          const instant = { nanos: at, offsetMinutes, fractionDigits };
          expect(readInstant(formatInstant(instant))).toEqual(instant);
        },
      ),
    );
  });

  test("it agrees with Date on whole milliseconds", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T00:00:00Z"), noInvalidDate: true }),
        (date) => {
          expect(formatInstant(fromUnixMs(date.getTime()))).toBe(date.toISOString());
          expect(read(date.toISOString()).nanos).toBe(BigInt(date.getTime()) * 1_000_000n);
        },
      ),
    );
  });
});
