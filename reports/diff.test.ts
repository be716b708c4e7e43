import { expect, test } from "vitest";
import type { CaseResult, RequirementResult, Results } from "../harness/run/results.ts";
import { diff, diffText, isWorse } from "./diff.ts";
import sample from "./samples/run.json" with { type: "json" };
import { styleFor } from "./style.ts";

const results = sample as unknown as Results;

function change(id: string, over: Partial<CaseResult>): Results {
  return { ...results, cases: results.cases.map((result) => (result.id === id ? { ...result, ...over } : result)) };
}

test("the same results do not differ", () => {
  const same = diff(results, results);
  expect(isWorse(same)).toBe(false);
  expect(diffText(same, styleFor(false))).toBe("No difference in verdicts, cases or requirements\n");
});

test.each([
  ["handshake/plain@rfc6455", "fail", "worse"],
  ["handshake/plain@rfc6455", "inconc", "worse"],
  ["handshake/plain@rfc6455", "warn", "worse"],
  ["closing/code-echo@rfc6455", "pass", "better"],
  ["framing/rfc6455/control-length[ping-126]@rfc6455", "pass", "better"],
  ["framing/rfc6455/control-length[ping-126]@rfc6455", "n/a", "other"],
  ["handshake/plain@hybi-00", "pass", "other"],
  ["handshake/plain@hybi-00", "fail", "worse"],
] as const)("%s becomes %s: %s", (id, verdict, direction) => {
  const difference = diff(results, change(id, { verdict }));
  expect(difference.changed).toMatchObject([{ id, to: verdict, direction }]);
  expect(isWorse(difference)).toBe(direction === "worse");
});

test("added, retired and revised cases", () => {
  const fewer = { ...results, cases: results.cases.slice(1) };
  expect(diff(results, fewer).retired.map(({ id }) => id)).toEqual(["handshake/plain@rfc6455"]);
  expect(diff(fewer, results).added.map(({ id }) => id)).toEqual(["handshake/plain@rfc6455"]);
  expect(diff(results, change("handshake/plain@rfc6455", { title: "Another" })).revised).toEqual([
    "handshake/plain@rfc6455",
  ]);
});

test("requirements newly failing and no longer failing", () => {
  const requirements = results.requirements.map(
    (one): RequirementResult => (one.id === "WS-HSK-001" ? { ...one, verdict: "fail" } : one),
  );
  const worse = { ...results, requirements };
  const forth = diff(results, worse);
  expect(forth.requirements.newlyFailing.map(({ id }) => id)).toEqual(["WS-HSK-001"]);
  expect(isWorse(forth)).toBe(true);
  expect(diffText(forth, styleFor(false))).toBe(
    "Requirements newly failing (1)\n  WS-HSK-001  MUST · RFC 6455 §4.2.2\n",
  );
  expect(diff(worse, results).requirements.noLongerFailing.map(({ id }) => id)).toEqual(["WS-HSK-001"]);
});
