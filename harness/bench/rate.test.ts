import { expect, test } from "vitest";
import { rates } from "./rate.ts";

test("subjects take turns, and each has its own rate", () => {
  const order: string[] = [];
  const subject = (name: string, units: number) => ({
    name,
    units,
    prepare: () => {
      order.push(`ready ${name}`);
      return () => void order.push(name);
    },
  });
  const found = rates([subject("a", 1), subject("b", 1_000_000)], 2);
  expect(order).toEqual(["ready a", "a", "ready b", "b", "ready a", "a", "ready b", "b"]);
  expect([...found.keys()]).toEqual(["a", "b"]);
  for (const rate of found.values()) expect(rate).toBeGreaterThan(0);
});
