import { describe, expect, test } from "vitest";
import { exitCode, shortfall, strongest } from "./exit-code.ts";
import type { CaseResult, Results } from "./results.ts";

const quiet = { strict: false, stale: [], interrupted: false };

function results(verdicts: readonly CaseResult["verdict"][], over: Partial<Results> = {}): Results {
  const cases = verdicts.map((verdict, index) => ({ id: `c${index}@rfc6455`, verdict }) as CaseResult);
  return { complete: true, planned: cases.length, cases, ...over } as Results;
}

describe("exitCode", () => {
  test("0: everything planned was judged, nothing unexpected", () => {
    expect(exitCode(results(["pass", "warn", "inconc", "n/a"]), quiet)).toBe(0);
  });

  test("1: an unexpected fail; with strict a warn or an inconc", () => {
    expect(exitCode(results(["pass", "fail"]), quiet)).toBe(1);
    expect(exitCode(results(["pass", "warn"]), { ...quiet, strict: true })).toBe(1);
    expect(exitCode(results(["pass", "inconc"]), { ...quiet, strict: true })).toBe(1);
  });

  test("0: a fail that is known", () => {
    const run = results(["pass", "fail"]);
    const cases = run.cases.map((result) => ({ ...result, known: { reason: "listed" } }));
    expect(exitCode({ ...run, cases }, { ...quiet, strict: true })).toBe(0);
  });

  test("3: a verdict error", () => expect(exitCode(results(["pass", "error"]), quiet)).toBe(3));

  test("5: nothing planned, less executed than planned, nothing judged, cut short", () => {
    expect(exitCode(results([]), quiet)).toBe(5);
    expect(exitCode(results(["pass"], { planned: 2 }), quiet)).toBe(5);
    expect(exitCode(results(["n/a", "inconc"]), quiet)).toBe(5);
    expect(exitCode(results(["pass"], { complete: false }), quiet)).toBe(5);
  });

  test("5: a case that reports twice does not stand for another", () => {
    const twice = results(["pass", "pass"]).cases.map((result) => ({ ...result, id: "a@rfc6455" }));
    expect(shortfall(results([], { cases: twice, planned: 2 }))).toBe("1 of 2 planned cases were executed");
  });

  test("6: a known failure no longer fails", () => {
    expect(exitCode(results(["pass"]), { ...quiet, stale: ["c0@rfc6455"] })).toBe(6);
  });

  test("130: interrupted", () => expect(exitCode(results(["pass"]), { ...quiet, interrupted: true })).toBe(130));

  test("several at once: 3 before 130 before 5 before 1 before 6", () => {
    const all = { strict: false, stale: ["x"], interrupted: true };
    expect(exitCode(results(["fail", "error"], { planned: 9 }), all)).toBe(3);
    expect(exitCode(results(["fail"], { planned: 9 }), all)).toBe(130);
    expect(exitCode(results(["fail"], { planned: 9 }), { ...all, interrupted: false })).toBe(5);
    expect(exitCode(results(["fail"]), { ...all, interrupted: false })).toBe(1);
  });
});

test("strongest: 2, 4, 3, 130, 5, 1, 6 in this order", () => {
  const order = [2, 4, 3, 130, 5, 1, 6];
  for (const [index, code] of order.entries()) expect(strongest([0, ...order.slice(index).reverse()])).toBe(code);
  expect(strongest([])).toBe(0);
  expect(strongest([0])).toBe(0);
});
