import fc from "fast-check";
import { expect, test } from "vitest";
import { type Cut, segmentsOf } from "./segments.ts";

const lengths = (size: number, cut: Cut | undefined) => segmentsOf(Buffer.alloc(size), cut).map(({ length }) => length);

test.each<[number, Cut | undefined, number[]]>([
  [5, undefined, [5]],
  [0, "each", [0]],
  [0, 3, [0]],
  [3, "each", [1, 1, 1]],
  [7, 3, [3, 3, 1]],
  [6, 3, [3, 3]],
  [3, 9, [3]],
  [3, 0, [1, 1, 1]],
  [7, [2], [2, 5]],
  [7, [-1], [6, 1]],
  [7, [5, 2], [2, 3, 2]],
  [7, [2, 2, -5], [2, 5]],
  [7, [0, 7, 8, -7, -9], [7]],
  [7, [], [7]],
])("%i bytes cut at %j", (size, cut, expected) => expect(lengths(size, cut)).toEqual(expected));

test("whatever the cut, the segments are the bytes, and none of several is empty", () => {
  const cuts = fc.oneof(
    fc.constant("each" as const),
    fc.integer({ min: 1, max: 50 }),
    fc.array(fc.integer({ min: -60, max: 60 })),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), cuts, (bytes, cut) => {
      const segments = segmentsOf(bytes, cut);
      expect(Buffer.concat(segments)).toEqual(Buffer.from(bytes));
      expect(segments.length === 1 || segments.every(({ length }) => length > 0)).toBe(true);
    }),
  );
});
