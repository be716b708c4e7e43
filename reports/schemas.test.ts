import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { describe, expect, test } from "vitest";
import prove from "./samples/prove.json" with { type: "json" };
import run from "./samples/run.json" with { type: "json" };

const ajv = new Ajv2020({ allErrors: true });
formats.default(ajv);

function schema(name: string) {
  return ajv.compile(
    JSON.parse(readFileSync(new URL(`../fixtures/schemas/${name}.schema.json`, import.meta.url), "utf8")),
  );
}

describe("results.schema.json", () => {
  const valid = schema("results");
  const edit = (change: (results: typeof run) => unknown) => {
    const copy = structuredClone(run);
    change(copy);
    return copy;
  };

  test("accepts a run, complete or cut short", () => {
    expect(valid(run) || valid.errors).toBe(true);
    expect(valid({ ...run, complete: false, reason: "interrupted" })).toBe(true);
  });

  test.each<[string, unknown]>([
    ["another schema", { ...run, schema: "ncwspec-results/2" }],
    ["an unknown field", { ...run, extra: 1 }],
    ["an unknown field of a case", edit(({ cases }) => Object.assign(cases[0] ?? {}, { extra: 1 }))],
    ["an unknown verdict", edit(({ cases }) => Object.assign(cases[0] ?? {}, { verdict: "skipped" }))],
    ["a missing verdict count", edit(({ summary }) => delete (summary as Record<string, number>)["n/a"])],
    ["a case without dialect in its id", edit(({ cases }) => Object.assign(cases[0] ?? {}, { id: "a/b" }))],
    ["inconc without a reason", edit(({ cases }) => delete (cases[8] as { reason?: string }).reason)],
    ["an incomplete run without a reason", { ...run, complete: false }],
    ["a known failure without a reason", edit(({ cases }) => Object.assign(cases[7] ?? {}, { known: { issue: "1" } }))],
    ["a time that is none", { ...run, startedAt: "yesterday" }],
    ["a negative count", { ...run, planned: -1 }],
  ])("refuses %s", (_, results) => expect(valid(results)).toBe(false));
});

describe("prove.schema.json", () => {
  const valid = schema("prove");

  test("accepts a kill matrix", () => expect(valid(prove) || valid.errors).toBe(true));

  test("accepts the bugs that shipped", () => {
    const bug = {
      id: "RB-001",
      role: "server",
      area: "framing",
      statement: "It breaks.",
      state: "killed",
      mutants: ["a/b"],
    };
    const counts = { killed: 1, visible: 1, unseen: 0, survived: 0, uncovered: 0 };
    expect(valid({ ...prove, realBugs: { ...counts, bugs: [bug] } }) || valid.errors).toBe(true);
    expect(valid({ ...prove, realBugs: { ...counts, bugs: [{ ...bug, state: "pardoned" }] } })).toBe(false);
  });

  test("refuses unknown and missing fields", () => {
    expect(valid({ ...prove, extra: 1 })).toBe(false);
    expect(valid({ ...prove, summary: { mutants: 1 } })).toBe(false);
    expect(valid({ ...prove, mutants: [{ id: "a" }] })).toBe(false);
  });
});
