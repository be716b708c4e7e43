import { expect, test } from "vitest";
import { catalogueOf } from "../judge/catalogue.ts";
import type { Case } from "../scenario/types.ts";
import { findTarget } from "../target/file.ts";
import { gather } from "./judge-target.ts";
import { makePlan } from "./plan.ts";
import { scheduleOf } from "./shares.ts";

test("the pieces of the shared cases and the exclusive ones are all cases, each once", async () => {
  const made = makePlan({ suites: ["rpc"], dialects: ["rfc6455"] });
  const { shared, exclusive } = scheduleOf(made, findTarget("reference"), { add() {}, stopped: () => false });
  const judged: string[] = [];
  const on = new Set<unknown>();
  const judgeOne = async (one: Case, target: unknown) => {
    judged.push(one.id);
    if (target !== undefined) on.add(target);
  };
  await shared(judgeOne, 3);
  const isExclusive = (id: string) => made.cases.find((one) => one.id === id)?.scenario.exclusive;
  expect(judged.some(isExclusive)).toBe(false);
  await exclusive(judgeOne, 2);
  expect(judged.toSorted()).toEqual(made.cases.map(({ id }) => id).toSorted());
  expect(on.size).toBe(2);
});

test("a share that was lost makes the results incomplete, and says why", () => {
  const target = findTarget("reference");
  const gathering = gather({ catalogue: catalogueOf([]), all: [], cases: [] }, { target });
  const observed = { outcomes: [], claimed: new Set<never>() };
  const { complete, reason } = gathering.results(
    { file: target, reach: "built-in" },
    observed,
    "a process ended early",
  );
  expect({ complete, reason }).toEqual({ complete: false, reason: "a process ended early" });
});
