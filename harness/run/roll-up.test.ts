import { describe, expect, test } from "vitest";
import { catalogueOf } from "../judge/catalogue.ts";
import type { Basis, Level, Requirement, Verdict } from "../judge/types.ts";
import type { CaseResult } from "./results.ts";
import { type Observed, rollUp, summarise } from "./roll-up.ts";

const row = (id: string, level: Level, basis: Basis = "normative"): Requirement => ({
  id,
  level,
  basis,
  role: "server",
  source: "RFC 0 §1",
  statement: id,
});
const catalogue = catalogueOf([
  row("P", "MUST", "policy"),
  row("S", "SHOULD NOT"),
  row("M", "MUST NOT"),
  row("U", "MUST"),
]);

type Outcome = "held" | "broken" | "unseen" | undefined;
/** Cases that all cover the requirement: the verdict of each, and what was seen of the requirement in it. */
function verdictOf(
  id: string,
  seen: readonly (readonly [Verdict, Outcome])[],
  policies: string[] = [],
): Verdict | undefined {
  const cases = seen.map(
    ([verdict], index) => ({ id: `c${index}`, verdict, requirements: [id] }) as unknown as CaseResult,
  );
  const observed: Observed = new Map(
    seen.flatMap(([, outcome], index) => (outcome ? [[`c${index}`, new Map([[id, outcome]])] as const] : [])),
  );
  return rollUp(cases, observed, catalogue, new Set(policies)).find((one) => one.id === id)?.verdict;
}

describe("the verdict on a requirement", () => {
  test.each<[string, Verdict, [Verdict, Outcome][]]>([
    [
      "broken anywhere",
      "fail",
      [
        ["pass", "held"],
        ["fail", "broken"],
      ],
    ],
    ["seen and right", "pass", [["pass", "held"]]],
    ["seen and right in a case that fails over another", "pass", [["fail", "held"]]],
    [
      "seen in one case and not in another",
      "pass",
      [
        ["inconc", "unseen"],
        ["pass", "held"],
      ],
    ],
    ["not seen", "inconc", [["inconc", "unseen"]]],
    [
      "not seen, and the harness failed",
      "error",
      [
        ["error", undefined],
        ["inconc", "unseen"],
      ],
    ],
    [
      "seen, and the harness failed elsewhere",
      "pass",
      [
        ["error", undefined],
        ["pass", "held"],
      ],
    ],
    [
      "provoked, and nothing wrong found",
      "pass",
      [
        ["pass", undefined],
        ["n/a", undefined],
      ],
    ],
    ["provoked only where something else was wrong", "inconc", [["fail", undefined]]],
    ["withheld", "inconc", [["inconc", undefined]]],
    [
      "withheld here and not claimed there",
      "inconc",
      [
        ["n/a", undefined],
        ["inconc", undefined],
      ],
    ],
    [
      "not claimed",
      "n/a",
      [
        ["n/a", undefined],
        ["n/a", undefined],
      ],
    ],
  ])("%s is %s", (_what, verdict, seen) => expect(verdictOf("M", seen)).toBe(verdict));

  test("a SHOULD that is broken is warn, a policy too unless it is asked for", () => {
    expect(verdictOf("S", [["warn", "broken"]])).toBe("warn");
    expect(verdictOf("P", [["warn", "broken"]])).toBe("warn");
    expect(verdictOf("P", [["fail", "broken"]], ["P"])).toBe("fail");
    expect(verdictOf("S", [["warn", "broken"]], ["S"])).toBe("warn");
  });
});

test("requirements are those that a case covers or a transcript showed, in the order of the catalogue", () => {
  const cases = [
    { id: "a", verdict: "pass", requirements: ["M"] },
    { id: "b", verdict: "pass", requirements: [] },
  ] as unknown as CaseResult[];
  const observed: Observed = new Map([
    [
      "b",
      new Map([
        ["S", "held"],
        ["M", "held"],
      ] as const),
    ],
  ]);
  const made = rollUp(cases, observed, catalogue, new Set());
  expect(made.map((one) => [one.id, one.verdict, one.cases])).toEqual([
    ["S", "pass", ["b"]],
    ["M", "pass", ["a", "b"]],
  ]);
});

test("the summary counts every verdict", () => {
  const cases = ["pass", "pass", "warn", "n/a", "error"].map((verdict) => ({ verdict }) as CaseResult);
  expect(summarise(cases)).toEqual({ pass: 2, warn: 1, fail: 0, inconc: 0, "n/a": 1, error: 1 });
});
