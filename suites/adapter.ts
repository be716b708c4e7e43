/**
 * The vitest adapter: registers the cases of an area as tests. For contributors (watch mode, `-t`) and for
 * Allure; the command line does not go through it. Other projects may import it as `ncwspec/vitest` and
 * give a target of their own.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { plan, type RunOptions, run } from "../harness/run/index.ts";
import type { CaseResult, Results } from "../harness/run/results.ts";

export type AreaOptions = Omit<RunOptions, "suites" | "onEvent" | "signal">;

/** Verdicts that leave a test green; `inconc` and `error` never do (design: there is no silent skip). */
const green = ["pass", "n/a"];

/**
 * Registers every case of one suite (the first part of case ids). The suite is run once, when its first
 * test needs it; each test then shows the verdict of its case, findings and rerun command included.
 */
export function describeArea(suite: string, given: AreaOptions): void {
  const options = { ...given, role: given.target.role };
  describe(suite, () => {
    let results: Results | undefined;
    beforeAll(async () => {
      results = await run({ ...options, suites: [suite] });
    });
    for (const one of plan({ ...options, suites: [suite] })) {
      test(one.id, async () => {
        await labelForAllure(one.id);
        const result = results?.cases.find((candidate) => candidate.id === one.id);
        expect(result, "the case was planned and not executed").toBeDefined();
        const { verdict } = result as CaseResult;
        if (!green.includes(verdict)) expect.fail(shown(result as CaseResult));
      });
    }
  });
}

/** Ids from the case id, so that the history of a case survives a move of its file or a new title. */
async function labelForAllure(id: string): Promise<void> {
  if (process.env["ALLURE_RESULTS"] === undefined) return;
  // Loaded only here: users of this adapter need not have Allure.
  const { historyId, label, testCaseId } = await import("allure-js-commons");
  await historyId(id);
  await testCaseId(id);
  await label("dialect", id.slice(id.lastIndexOf("@") + 1));
}

function shown(result: CaseResult): string {
  const findings = result.findings.map(
    (finding) =>
      `${finding.requirement} (${finding.level}, ${finding.clause}): ${finding.message}\n  expected: ${finding.expected ?? ""}\n  got: ${finding.got ?? ""}`,
  );
  return [`${result.verdict}: ${result.title}`, result.reason ?? "", ...findings, `again: ${result.rerun}`]
    .filter(Boolean)
    .join("\n");
}
