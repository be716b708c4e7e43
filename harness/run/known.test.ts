import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Finding } from "../judge/types.ts";
import { UsageError } from "./errors.ts";
import { applyKnown, checkKnown, type KnownEntry, loadKnown } from "./known.ts";
import type { CaseResult, Results } from "./results.ts";

const folder = mkdtempSync(join(tmpdir(), "ncwspec-known-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string) {
  const path = join(folder, "known.yaml");
  writeFileSync(path, text);
  return loadKnown(path);
}

const must = (requirement: string) => ({ requirement, level: "MUST" }) as Finding;
const should = (requirement: string) => ({ requirement, level: "SHOULD" }) as Finding;

function apply(entries: readonly KnownEntry[], cases: readonly Partial<CaseResult>[]) {
  const full = cases.map((result) => ({ findings: [], requirements: [], ...result }));
  const { results, stale } = applyKnown({ cases: full } as unknown as Results, { file: "known.yaml", entries });
  return { marked: results.cases.filter((result) => result.known).map((result) => result.id), stale, results };
}

describe("loadKnown", () => {
  test("reads entries; an issue may be a number, a date stays text", () => {
    const known = load(
      "- case: a/b\n  reason: later\n  issue: 12\n  since: 2026-01-02\n- requirement: NTF-1\n  reason: x\n",
    );
    expect(known.entries).toEqual([
      { case: "a/b", reason: "later", issue: "12", since: "2026-01-02" },
      { requirement: "NTF-1", reason: "x" },
    ]);
  });

  test("an empty file has no entries", () => expect(load("").entries).toEqual([]));

  test.each([
    ["- case: a\n", /entry 1: the reason is missing/],
    ["- case: a\n  reason: ''\n", /reason is missing/],
    ["- reason: a\n", /names neither a case nor a requirement/],
    ["- case: a\n  reason: x\n  isue: 1\n", /unknown field 'isue'/],
    ["- case: [a]\n  reason: x\n", /case must be text/],
    ["- case: a\n  reason: x\n  sometimes: often\n", /sometimes must be true or false/],
    ["- text\n", /no mapping/],
    ["a: 1\n", /a list of entries is wanted/],
    ["- case: 'a\n", /known failures/],
  ])("refuses %j", (text, message) => {
    expect(() => load(text)).toThrow(UsageError);
    expect(() => load(text)).toThrow(message);
  });

  test("refuses a file that is not there", () => {
    expect(() => loadKnown(join(folder, "none.yaml"))).toThrow(/ENOENT/);
  });
});

test("checkKnown names the entries that match nothing", () => {
  const known = load(
    "- case: a/*\n  reason: x\n- case: b\n  reason: x\n- requirement: R-1\n  reason: x\n- requirement: R-9\n  reason: x\n",
  );
  expect(() => checkKnown(known, ["a/c@rfc6455"], ["R-1"])).toThrow(/matches nothing: b, R-9$/);
  expect(() => checkKnown(known, ["a/c@rfc6455", "b@hybi-00"], ["R-1", "R-9"])).not.toThrow();
});

describe("applyKnown", () => {
  test("marks a listed case and leaves others", () => {
    const { marked, stale, results } = apply(
      [{ case: "a/b", reason: "later", issue: "#1" }],
      [
        { id: "a/b@rfc6455", verdict: "fail" },
        { id: "a/c@rfc6455", verdict: "fail" },
      ],
    );
    expect(marked).toEqual(["a/b@rfc6455"]);
    expect(results.cases[0]?.known).toEqual({ reason: "later", issue: "#1" });
    expect(stale).toEqual([]);
  });

  test("a requirement excuses only findings on it", () => {
    const entries = [{ requirement: "R-1", reason: "x" }];
    const { marked } = apply(entries, [
      { id: "only@rfc6455", verdict: "fail", findings: [must("R-1")] },
      { id: "beside-should@rfc6455", verdict: "fail", findings: [must("R-1"), should("R-2")] },
      { id: "beside-must@rfc6455", verdict: "fail", findings: [must("R-1"), must("R-2")] },
      { id: "warn@rfc6455", verdict: "warn", findings: [should("R-1"), should("R-2")] },
    ]);
    expect(marked).toEqual(["only@rfc6455", "beside-should@rfc6455"]);
  });

  test("an entry is stale when a case passed and none still fails", () => {
    const entry = [{ case: "a", reason: "x" }];
    expect(apply(entry, [{ id: "a@rfc6455", verdict: "pass" }]).stale).toEqual(["a"]);
    expect(
      apply(entry, [
        { id: "a@rfc6455", verdict: "pass" },
        { id: "a@hybi-00", verdict: "fail" },
      ]).stale,
    ).toEqual([]);
    expect(
      apply(entry, [
        { id: "a@rfc6455", verdict: "pass" },
        { id: "a@hybi-00", verdict: "n/a" },
      ]).stale,
    ).toEqual(["a"]);
    for (const verdict of ["fail", "warn", "inconc", "error", "n/a"] as const)
      expect(apply(entry, [{ id: "a@rfc6455", verdict }]).stale).toEqual([]);
    expect(apply(entry, [{ id: "b@rfc6455", verdict: "pass" }]).stale).toEqual([]);
  });

  test("an entry that fails only sometimes excuses as any other, and is never stale", () => {
    const entry = load("- case: a\n  reason: a race\n  sometimes: true\n").entries;
    expect(apply(entry, [{ id: "a@rfc6455", verdict: "fail", findings: [must("NTF-1")] }]).marked).toEqual([
      "a@rfc6455",
    ]);
    expect(apply(entry, [{ id: "a@rfc6455", verdict: "pass" }]).stale).toEqual([]);
  });

  test("a requirement entry is stale when a case that covers it passed and none has a finding on it", () => {
    const entry = [{ requirement: "R-1", reason: "x" }];
    const passed = { id: "a@rfc6455", verdict: "pass", requirements: ["R-1"] } as const;
    expect(apply(entry, [passed]).stale).toEqual(["R-1"]);
    expect(apply(entry, [passed, { id: "b@rfc6455", verdict: "fail", findings: [must("R-1")] }]).stale).toEqual([]);
    expect(apply(entry, [{ ...passed, requirements: [] }]).stale).toEqual([]);
  });

  test("applying it again changes nothing, and an old mark goes", () => {
    const known = { file: "known.yaml", entries: [{ case: "a", reason: "x" }] };
    const cases = [{ id: "a@rfc6455", verdict: "fail", findings: [], requirements: [] }];
    const once = applyKnown({ cases } as unknown as Results, known);
    expect(applyKnown(once.results, known)).toEqual(once);
    expect(applyKnown(once.results, { file: "", entries: [] }).results.cases[0]).not.toHaveProperty("known");
  });
});
