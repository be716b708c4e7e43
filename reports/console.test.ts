import { expect, test } from "vitest";
import type { Results } from "../harness/run/results.ts";
import { type ConsoleOptions, consoleSummary } from "./console.ts";
import sample from "./samples/run.json" with { type: "json" };

const results = sample as unknown as Results;
const options: ConsoleOptions = {
  color: false,
  columns: 100,
  strict: false,
  quiet: false,
  verbose: false,
  stale: [],
  written: ["out/results.json"],
  folder: "out",
};

const summary = consoleSummary(results, options);

test("a finding shows clause, expected, got, where, which cases and the command that shows it again", () => {
  const block = summary.split("\n\n").find((section) => section.startsWith("FAIL"));
  expect(block).toBe(`FAIL  WS-FRM-012  MUST · RFC 6455 §5.5
  A ping of 126 bytes was answered, not refused
    expected  the connection failed with close code 1002
    got       pong frame, payload 126 bytes
              8a 7e 00 7e 61 61 61 61 …
    seen      entry 9 of out/transcripts/framing_rfc6455_control-length[ping-126]@rfc6455.jsonl
    cases     framing/rfc6455/control-length[ping-126]@rfc6455,
              framing/rfc6455/control-length[pong-126]@rfc6455
    again     ncwspec run ws://127.0.0.1:8080/netconf --seed 7 --case 'framing/rfc6455/control-length[ping-126]@rfc6455'`);
});

test("one row for each dialect and suite, and a total", () => {
  expect(summary).toMatch(/rfc6455 {2}closing +· +1 +· +· +· +·\n/);
  expect(summary).toMatch(/\n {11}framing +1 +· +2 /);
  expect(summary).toMatch(/ {2}total +3 +1 +3 +2 +1 +1\n/);
});

test("inconc and n/a are grouped by reason; errors and known failures are told apart", () => {
  expect(summary).toContain("  2 cases: the control replay/control failed: no stream has replay support\n");
  expect(summary).toContain("  1 case: the target does not claim hybi-00\n");
  expect(summary).toContain("subscription/stop-time[past]@rfc6455\n    the check order did not report\n");
  expect(summary).toContain("replay/complete-once@rfc6455: fixed in the next release, https://bugs.example/12");
  expect(summary).not.toContain("NTF-RPL-004");
});

test("the last line says what came of it", () => {
  const last = (over: Partial<Results>, more: Partial<ConsoleOptions> = {}) =>
    consoleSummary({ ...results, ...over }, { ...options, ...more })
      .trimEnd()
      .split("\n")
      .at(-1);
  const cases = results.cases.filter(({ verdict }) => verdict !== "error");
  const summaryOf = { ...results.summary, error: 0 };
  const passing = results.cases.filter(({ verdict }) => verdict === "pass");
  expect(last({})).toBe("The harness failed in 1 case (3 pass, 1 warn, 3 fail, 2 inconc, 1 n/a, 1 error)");
  expect(last({ cases, planned: cases.length, summary: summaryOf })).toMatch(
    /^Not conforming: 2 cases, 1 requirement broken/,
  );
  expect(last({ cases, planned: 20, summary: summaryOf })).toMatch(/^Only 10 of 20 planned cases were executed/);
  expect(last({ cases, complete: false, reason: "interrupted", summary: summaryOf })).toMatch(
    /^Incomplete: interrupted/,
  );
  const clean = {
    cases: passing,
    planned: passing.length,
    summary: { ...summaryOf, pass: 3, warn: 0, fail: 0, inconc: 0, "n/a": 0 },
  };
  expect(last(clean)).toBe("Nothing unexpected (3 pass)");
  expect(last(clean, { stale: ["a"] })).toMatch(/^1 known failure no longer failing/);
});

test("quiet: what is unexpected, and the last line", () => {
  const quiet = consoleSummary(results, { ...options, quiet: true });
  expect(quiet).toMatch(/^FAIL {2}WS-FRM-012/);
  expect(quiet).not.toContain("WARN");
  expect(quiet).not.toContain("Reports");
  expect(consoleSummary(results, { ...options, quiet: true, strict: true })).toContain("WARN  WS-CLS-003");
});

test("stale entries are named", () => {
  expect(consoleSummary(results, { ...options, stale: ["replay/*"] })).toContain(
    "take them off the list)\n  replay/*\n",
  );
});

test("what a target sent cannot move the cursor, and is clipped", () => {
  const finding = {
    ...(results.cases[3]?.findings[0] as object),
    got: `\u001b[2J${"y".repeat(5000)}`,
    message: "bell \u0007",
  };
  const cases = [{ ...results.cases[3], findings: [finding] }] as unknown as Results["cases"];
  const shown = consoleSummary({ ...results, cases }, options);
  expect(shown).not.toMatch(/[^\P{Cc}\n]/u);
  expect(shown).toContain("\\x1b[2J");
  expect(shown.replace(/\s+/g, " ")).toContain("4407 more characters; the transcript has all");
  expect(shown.length).toBeLessThan(3000);
});

test("colour is only there when asked for", () => {
  expect(summary).not.toContain("\u001b");
  expect(consoleSummary(results, { ...options, color: true })).toContain("\u001b[");
});
