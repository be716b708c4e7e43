import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Requirement } from "../judge/types.ts";
import { loadMutants } from "../mutant/load.ts";
import { coverageOf } from "./coverage.ts";
import { coverageShares } from "./coverage-summary.ts";
import { fixturesFolder } from "./package-root.ts";
import { makePlan } from "./plan.ts";

const { all, catalogue } = makePlan({});
const coverage = coverageOf(catalogue.all, all, loadMutants(join(fixturesFolder(), "mutants")));
const stateOf = ({ id }: Requirement) => coverage.get(id)?.state;
const ofServers = catalogue.all.filter(({ role }) => role !== "client");
const musts = ofServers.filter(({ level }) => level.startsWith("MUST"));

describe("every requirement on servers", () => {
  test("has a case, or the reason why it has none", () => {
    expect(ofServers.filter((row) => stateOf(row) === "open").map(({ id }) => id)).toEqual([]);
  });

  test("has no reason beside its cases", () => {
    const both = catalogue.all.filter((row) => stateOf(row) === "covered" && (row.untestable ?? row.uncovered));
    expect(both.map(({ id }) => id)).toEqual([]);
  });
});

describe("at MUST level", () => {
  // Printed by `ncwspec list requirements --summary`.
  test.each(coverageShares(catalogue.all, all))(
    "95 %% of the rows of $area have a case: $covered of $rows",
    (share) => {
      expect(share.rows).toBeGreaterThan(40);
      expect(share.percent).toBeGreaterThanOrEqual(95);
      expect(share.covered + share.untestable + share.uncovered).toBe(share.rows);
    },
  );

  test("every row with a case has a mutant", () => {
    const unproved = musts.filter((row) => stateOf(row) === "covered" && coverage.get(row.id)?.mutants.length === 0);
    expect(unproved.filter(({ basis }) => basis !== "policy").map(({ id }) => id)).toEqual([]);
  });
});

test("a case counts first, then what the row says of itself, then that it binds clients", () => {
  const row = (id: string, rest: Partial<Requirement>): Requirement => ({
    id,
    level: "MUST",
    role: "server",
    source: "RFC 1 §1",
    basis: "normative",
    statement: "It holds.",
    ...rest,
  });
  const rows = [
    row("A-001", {}),
    row("A-002", { role: "client", untestable: "It does not show." }),
    row("A-003", { uncovered: "It is too slow." }),
    row("A-004", { role: "client" }),
    row("A-005", {}),
  ];
  const cases = [{ id: "a/b@rfc6455", requirements: ["A-001"] }];
  const found = coverageOf(rows, cases, [{ id: "m/n", requirement: "A-001" }]);
  expect([...found.values()].map(({ state, reason }) => [state, reason])).toEqual([
    ["covered", undefined],
    ["untestable", "It does not show."],
    ["uncovered", "It is too slow."],
    ["uncovered", "It binds clients, and no case judges it yet."],
    ["open", undefined],
  ]);
  expect(found.get("A-001")).toEqual({ state: "covered", cases: ["a/b@rfc6455"], mutants: ["m/n"] });
});
