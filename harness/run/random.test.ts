import { expect, test } from "vitest";
import { randomOf } from "./random.ts";

const hex = (seed: number, name: string, ...sizes: number[]) => {
  const random = randomOf(seed, name);
  return sizes.map((size) => Buffer.from(random(size)).toString("hex")).join("");
};

test("the same seed and name give the same bytes, however they are asked for", () => {
  expect(hex(1, "a", 64)).toBe(hex(1, "a", 1, 15, 0, 48));
  expect(hex(1, "a", 16)).toMatch(/^[0-9a-f]{32}$/);
});

test("other seeds and names give others", () => {
  const names = Array.from({ length: 500 }, (_, index) => `suite/case[${index}]@rfc6455`);
  const made = names.flatMap((name) => [1, 2].map((seed) => hex(seed, name, 16)));
  expect(new Set(made).size).toBe(1000);
  expect(hex(1, "1/a", 16)).not.toBe(hex(11, "/a", 16));
});

test("every byte comes up about as often as any other", () => {
  const counts = new Array<number>(256).fill(0);
  for (const byte of randomOf(7, "bytes")(256 * 400)) counts[byte] = (counts[byte] ?? 0) + 1;
  expect(Math.min(...counts)).toBeGreaterThan(300);
  expect(Math.max(...counts)).toBeLessThan(500);
});
