import { expect, test } from "vitest";
import { catalogueOf } from "../judge/catalogue.ts";
import { findTarget } from "../target/file.ts";
import { gather } from "./judge-target.ts";
import { makePlan } from "./plan.ts";
import { planShare } from "./shares.ts";

test("shares hold every case once", () => {
  const made = makePlan({ suites: ["hello"], dialects: ["rfc6455"] });
  const shares = [0, 1, 2].map((index) => planShare(made, { index, of: 3 }));
  expect(shares.flatMap(({ cases }) => cases.map(({ id }) => id)).sort()).toEqual(
    made.cases.map(({ id }) => id).sort(),
  );
  expect(shares.every(({ all }) => all === made.all)).toBe(true);
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
