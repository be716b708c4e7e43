import { expect, test } from "vitest";
import type { Results } from "../harness/run/results.ts";
import { caseLine, progressLine } from "./progress.ts";
import sample from "./samples/run.json" with { type: "json" };
import { styleFor } from "./style.ts";

const plain = styleFor(false);
const { cases } = sample as unknown as Results;

test("done of planned, failing so far, time left", () => {
  const state = { done: 50, planned: 200, failing: 3, elapsedMs: 2000 };
  expect(progressLine(state, 80, plain)).toBe(`${"━".repeat(5)}${"─".repeat(15)}  50/200 · 3 failing · about 6 s left`);
});

test("no guess before there is something to rest on, nor at the end", () => {
  expect(progressLine({ done: 1, planned: 9, failing: 0, elapsedMs: 10 }, 80, plain)).toMatch(/1\/9 · none failing$/);
  expect(progressLine({ done: 9, planned: 9, failing: 0, elapsedMs: 10 }, 80, plain)).toMatch(/9\/9 · none failing$/);
  expect(progressLine({ done: 0, planned: 0, failing: 0, elapsedMs: 0 }, 80, plain)).toContain("0/0");
});

test("never wider than the terminal", () => {
  const state = { done: 50, planned: 200, failing: 3, elapsedMs: 2000 };
  for (const columns of [0, 1, 10, 30, 50, 60, 80])
    expect(progressLine(state, columns, plain).length).toBeLessThanOrEqual(columns);
});

test("a case that is done says which requirements it breaks, or why", () => {
  expect(cases[3] && caseLine(cases[3], plain)).toBe(
    "fail   framing/rfc6455/control-length[ping-126]@rfc6455  WS-FRM-012",
  );
  expect(cases[7] && caseLine(cases[7], plain)).toContain("(known: fixed in the next release)");
  expect(cases[10] && caseLine(cases[10], plain)).toContain("the check order did not report");
});
