import { describe, expect, test } from "vitest";
import sample from "../../reports/samples/matrix.json" with { type: "json" };
import { deadPatterns, matrixExit, staleCells, unexpectedCells, withRerun } from "./outcome.ts";
import type { Cell, CellVerdict, MatrixResults } from "./results.ts";
import { summarise } from "./verdict.ts";

const whole = sample as unknown as MatrixResults;
const of = (...verdicts: CellVerdict[]): MatrixResults => {
  const [first] = whole.cells as [Cell];
  const cells = verdicts.map((verdict, index) => ({ ...first, id: `a×b${index}@rfc6455`, verdict }));
  return { ...whole, cells, planned: cells.length, summary: summarise(cells) };
};
const plain = { strict: false, stale: [], interrupted: false };

describe("exit code", () => {
  test.each<[string, MatrixResults, Partial<typeof plain>, number]>([
    ["all talk", of("talk", "talk"), {}, 0],
    ["one is not there", of("talk", "unavailable"), {}, 0],
    ["one is not there, strict", of("talk", "unavailable"), { strict: true }, 1],
    ["two do not talk", of("talk", "no-talk"), {}, 1],
    ["the suite failed", of("no-talk", "error"), {}, 3],
    ["nothing could be tried", of("unavailable", "not-common"), {}, 5],
    ["less than planned", { ...of("talk"), planned: 2 }, {}, 5],
    ["interrupted", { ...of("talk"), planned: 2 }, { interrupted: true }, 130],
    ["no longer wrong", of("talk"), { stale: ["a×b"] as never[] }, 6],
  ])("%s", (_name, results, more, code) => expect(matrixExit(results, { ...plain, ...more })).toBe(code));
});

test("unexpected: what neither file explains", () => {
  expect(unexpectedCells(whole, false).map(({ id }) => id)).toEqual([
    "reference×chromium@rfc6455",
    "acme×reference-client@rfc6455",
    "acme×suite@rfc6455",
  ]);
});

test("known cells: dead where nothing is meant, stale where nothing is wrong any more", () => {
  const entry = (cell: string, sometimes = false) => ({ cell, reason: "r", sometimes });
  const ids = whole.cells.map(({ id }) => id);
  expect(deadPatterns([entry("jetty-7.4.0×*"), entry("jetty-8×*")], ids)).toEqual(["jetty-8×*"]);
  const known = [
    entry("reference×reference-client"),
    entry("acme×*"),
    entry("reference×suite", true),
    entry("kaazing×*"),
  ];
  expect(staleCells(known, whole.cells)).toEqual(["reference×reference-client"]);
});

test("a cell that was run again takes its place, and the rest stays", () => {
  const order = whole.cells.map(({ id }) => id);
  const [again] = whole.cells.filter(({ id }) => id === "acme×chromium@rfc6455") as [Cell];
  const servers = whole.servers.map((peer) => ({ ...peer, version: "new" }));
  const rerun = { ...whole, servers, cells: [{ ...again, verdict: "talk" as const }], planned: 1, durationMs: 5 };
  const merged = withRerun(whole, rerun, order);
  expect(merged.cells.map(({ id }) => id)).toEqual(order);
  expect(merged.summary).toMatchObject({ error: 0, talk: whole.summary.talk + 1 });
  expect(merged).toMatchObject({ complete: true, planned: order.length, durationMs: whole.durationMs });
  expect(merged.servers.map(({ version }) => version)).toEqual([undefined, "7.4.0.v20110414", "new", undefined]);
  const part = withRerun({ ...whole, cells: [] }, rerun, order);
  expect(part).toMatchObject({ complete: false, reason: "not every cell was run", planned: order.length });
});
