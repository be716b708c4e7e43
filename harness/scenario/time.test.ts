import { expect, test } from "vitest";
import { clockOffset } from "./time.ts";

const noon = Date.UTC(2030, 0, 1, 12);

test.each([
  ["2030-01-01T12:00:00Z", noon + 900, 0],
  ["2030-01-01T12:00:00Z", noon + 1900, -901],
  ["2030-01-01T12:00:05Z", noon, 5000],
  ["2030-01-01T12:00:00.000Z", noon + 900, -900],
  ["2030-01-01T12:00:00.5Z", noon + 560, 0],
  ["no time", noon, undefined],
])("the offset told from %s at %i is %s ms", (eventTime, localMs, offset) => {
  expect(clockOffset(eventTime, localMs)).toBe(offset);
});
