import { describe, expect, test } from "vitest";
import type { Cell, CellPart, CellVerdict, PairFinding } from "./results.ts";
import { cellOutcome, isUnexpected, partOutcome, summarise } from "./verdict.ts";

const finding = (end: "client" | "server", more: Partial<PairFinding> = {}): PairFinding => ({
  requirement: "WS-HS-016",
  level: "MUST",
  clause: "RFC 6455 §4.2.2",
  message: "The accept value is wrong",
  at: 3,
  end,
  fails: true,
  ...more,
});
const lack = { reason: "the client sent no hello", charged: "client", over: true, basic: true } as const;

describe("a part", () => {
  test("all done: talk, or findings", () => {
    expect(partOutcome(undefined, [])).toEqual({ verdict: "talk" });
    expect(partOutcome(undefined, [finding("server")])).toEqual({ verdict: "findings" });
  });

  test.each<[string, PairFinding[], RegExp]>([
    ["by nobody's clause", [], /no hello; no clause was broken on the wire$/],
    ["SHOULD alone is no reason", [finding("server", { fails: false })], /no clause was broken/],
    ["the other end's", [finding("server")], /; the server had broken WS-HS-016 \(RFC 6455 §4\.2\.2\)$/],
    ["its own before the other's", [finding("server"), finding("client", { requirement: "X" })], /; it broke X \(/],
    [
      "more than two",
      [finding("client"), finding("client", { requirement: "B" }), finding("client", { requirement: "C" })],
      /WS-HS-016 \(.*\) and B \(.*\) and 1 more$/,
    ],
  ])("not done: who and by which clause, %s", (_name, findings, reason) => {
    const outcome = partOutcome(lack, findings);
    expect(outcome).toMatchObject({ verdict: "no-talk", charged: "client" });
    expect(outcome.reason).toMatch(reason);
  });
});

const part = (verdict: CellVerdict, name = verdict as string): CellPart => ({
  name,
  area: "replay",
  title: name,
  verdict,
  durationMs: 1,
  findings: verdict === "findings" ? [finding("server")] : [],
  ...(verdict === "talk" || verdict === "findings" ? {} : { reason: `${name}'s reason` }),
});

describe("a cell", () => {
  test.each<[CellVerdict[], CellVerdict, string | undefined]>([
    [["talk", "talk"], "talk", undefined],
    [["talk", "not-common"], "talk", undefined],
    [["talk", "unavailable"], "talk", undefined],
    [["talk", "findings"], "findings", undefined],
    [["talk", "no-talk"], "findings", "no-talk: no-talk's reason"],
    [["no-talk", "no-talk"], "no-talk", "no-talk's reason"],
    [["not-common", "no-talk"], "no-talk", "no-talk's reason"],
    [["not-common", "unavailable"], "unavailable", "unavailable's reason"],
    [["not-common"], "not-common", "not-common's reason"],
    [["talk", "error"], "error", "error's reason"],
    [[], "unavailable", "nothing was tried"],
  ])("%j is %s", (verdicts, verdict, reason) => {
    const outcome = cellOutcome(verdicts.map((one) => part(one)));
    expect(outcome.verdict).toBe(verdict);
    expect(outcome.reason).toBe(reason);
  });
});

const cell = (verdict: CellVerdict, more: Partial<Cell> = {}): Cell => ({
  id: "a×b@rfc6455",
  kind: "pair",
  server: "a",
  client: "b",
  dialect: "rfc6455",
  verdict,
  durationMs: 1,
  parts: [part(verdict)],
  rerun: "",
  ...more,
});

test("cells are counted by verdict", () => {
  expect(summarise([cell("talk"), cell("talk"), cell("error")])).toMatchObject({ talk: 2, error: 1, findings: 0 });
});

describe("what is unexpected", () => {
  const known = [{ ...part("findings"), findings: [finding("server", { known: "a bug of 2011" })] }];
  const should = [{ ...part("findings"), findings: [finding("server", { fails: false })] }];
  test.each<[string, Cell, boolean, boolean]>([
    ["talk", cell("talk"), false, false],
    ["no talk", cell("no-talk"), true, true],
    ["no talk that is listed", cell("no-talk", { known: "wrong frames" }), false, false],
    ["findings", cell("findings"), true, true],
    ["findings that are known", cell("findings", { parts: known }), false, false],
    ["SHOULD alone", cell("findings", { parts: should }), false, true],
    ["a part not done", cell("findings", { parts: [part("talk"), part("no-talk")] }), true, true],
    ["not available", cell("unavailable"), false, true],
    ["not in common", cell("not-common"), false, false],
  ])("%s", (_name, one, plain, strict) => {
    expect([isUnexpected(one, false), isUnexpected(one, true)]).toEqual([plain, strict]);
  });
});
