import { expect, test } from "vitest";
import type { RealBug } from "../mutant/real-bugs.ts";
import { noMutantYet, realBugsOf } from "./real-bugs.ts";
import type { MutantResult } from "./results.ts";

const bug = (id: string, rest: Partial<RealBug>): RealBug => ({
  id,
  role: "server",
  area: "framing",
  statement: "It breaks.",
  ...rest,
});

const mutant = (id: string, killedBy: readonly string[], attributed: boolean): MutantResult => ({
  id,
  requirement: "X-001",
  role: "server",
  dialect: "rfc6455",
  killedBy,
  attributed,
});

test("a bug is killed by any of its mutants, on the right requirement, in this proof", () => {
  const result = realBugsOf(
    [
      bug("RB-001", { mutants: ["a/one", "a/two"] }),
      bug("RB-002", { mutants: ["a/charged"] }),
      bug("RB-003", { mutants: ["a/survivor"] }),
      bug("RB-004", { mutants: ["a/not-run"] }),
      bug("RB-005", { uncovered: "There is no case." }),
      bug("RB-006", {}),
      bug("RB-008", { role: "client", mutants: ["a/one"] }),
      bug("RB-007", { unseen: "It cannot be seen." }),
    ],
    [
      mutant("a/one", [], false),
      mutant("a/two@rfc6455", ["case"], true),
      mutant("a/charged", ["case"], false),
      mutant("a/survivor", [], false),
    ],
    "server",
  );
  const { bugs, ...counts } = result;
  expect(counts).toEqual({ killed: 1, visible: 6, unseen: 1, survived: 3, uncovered: 2 });
  expect(bugs.map(({ state }) => state)).toEqual([
    "killed",
    "survived",
    "survived",
    "survived",
    "uncovered",
    "uncovered",
    "unseen",
  ]);
  expect(bugs.map(({ reason }) => reason)).toEqual([
    ...Array<undefined>(4).fill(undefined),
    "There is no case.",
    noMutantYet,
    "It cannot be seen.",
  ]);
});
