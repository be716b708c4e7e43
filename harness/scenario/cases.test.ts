import { expect, test } from "vitest";
import { dialectNames } from "../wire/index.ts";
import { casesOf } from "./cases.ts";
import type { Scenario } from "./types.ts";

const scenario = (more: Partial<Scenario>): Scenario => ({
  id: "suite/name",
  title: "A title",
  role: "server",
  needs: [],
  covers: [],
  exclusive: false,
  drive: [{ open: "a" }],
  judge: [],
  rests: [],
  file: "f.yaml",
  ...more,
});
const ids = (one: Scenario, dialects = dialectNames) => casesOf(one, dialects).map(({ id }) => id);

test("one case for each dialect and row, in the order of the dialects asked for", () => {
  expect(ids(scenario({}))).toEqual(dialectNames.map((dialect) => `suite/name@${dialect}`));
  expect(ids(scenario({ each: { one: {}, "two-2": {} } }), ["rfc6455", "hybi-00"])).toEqual([
    "suite/name[one]@rfc6455",
    "suite/name[two-2]@rfc6455",
    "suite/name[one]@hybi-00",
    "suite/name[two-2]@hybi-00",
  ]);
});

test("only the scenario's own dialects", () => {
  expect(ids(scenario({ dialects: ["hybi-06"] }))).toEqual(["suite/name@hybi-06"]);
  expect(ids(scenario({ dialects: ["hybi-06"] }), ["rfc6455"])).toEqual([]);
});

test("a row, its name and the dialect are put in everywhere", () => {
  const [one] = casesOf(
    scenario({
      title: "Status ${status} in ${row} under ${dialect}",
      each: { refusal: { status: 400, requirement: "R-1", also: "R-2" } },
      covers: ["${also}"],
      drive: [{ request: { on: "a", set: { X: "${status}" } } }],
      judge: [{ refused: { on: "a", status: ["${status}"], requirement: "${requirement}" } }],
    }),
    ["rfc6455"],
  );
  expect(one).toMatchObject({
    id: "suite/name[refusal]@rfc6455",
    suite: "suite",
    title: "Status 400 in refusal under rfc6455",
    drive: [{ request: { on: "a", set: { X: 400 } } }],
    judge: [{ refused: { on: "a", status: [400], requirement: "R-1" } }],
    requirements: ["R-2", "R-1"],
  });
});

test("requirements by dialect; a check and a cover without one are not made there", () => {
  const both = scenario({
    covers: [{ "hybi-00": "H00-C" }, "ALL"],
    judge: [
      { closed: { on: "a", requirement: { rfc6455: "WS-1", "hybi-06": "H06-1" } } },
      { "tcp-closed": { on: "a", requirement: "ALL" } },
    ],
  });
  const made = Object.fromEntries(casesOf(both, dialectNames).map((one) => [one.dialect, one]));
  expect(made["rfc6455"]).toMatchObject({
    judge: [{ closed: { requirement: "WS-1" } }, { "tcp-closed": { requirement: "ALL" } }],
    requirements: ["ALL", "WS-1"],
  });
  expect(made["hybi-00"]?.judge).toEqual([{ "tcp-closed": { on: "a", requirement: "ALL" } }]);
  expect(made["hybi-00"]?.requirements).toEqual(["H00-C", "ALL"]);
});

test("a row that makes the requirement null drops the check", () => {
  const rows = scenario({
    each: { with: { requirement: "R" }, without: { requirement: null } },
    judge: [{ closed: { on: "a", requirement: "${requirement}" } }],
  });
  expect(casesOf(rows, ["rfc6455"]).map(({ judge, requirements }) => [judge.length, requirements])).toEqual([
    [1, ["R"]],
    [0, []],
  ]);
});

test("a step may be a parameter, and a row may drop one", () => {
  const rows = scenario({
    each: { ping: { extra: { ping: { on: "a" } } }, none: { extra: null } },
    drive: [{ open: "a" }, "${extra}" as never],
  });
  expect(casesOf(rows, ["rfc6455"]).map(({ drive }) => drive)).toEqual([
    [{ open: "a" }, { ping: { on: "a" } }],
    [{ open: "a" }],
  ]);
});
