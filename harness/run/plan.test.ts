/** Which cases a selection takes, and what a selection that takes none is told. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "./errors.ts";
import { makePlan, narrowed, plannedCase, type Selection } from "./plan.ts";
import type { Results } from "./results.ts";

const everything = makePlan({});
const take = (selection: Selection) => narrowed(everything.all, everything.catalogue, selection);
const ids = (selection: Selection) => take(selection).map((one) => one.id);
const all = everything.cases.map((one) => one.id);
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plan-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("no selection is everything, each case once", () => {
  expect(all.length).toBeGreaterThan(100);
  expect(new Set(all).size).toBe(all.length);
  expect(everything.all).toEqual(everything.cases);
});

describe("a selection", () => {
  test("by dialect", () => {
    const taken = makePlan({ dialects: ["hybi-06"] });
    expect(taken.cases.map((one) => one.id)).toEqual(all.filter((id) => id.endsWith("@hybi-06")));
    expect(taken.all).toEqual(taken.cases);
  });
  test("by suite", () => {
    expect(ids({ suites: ["rpc", "hello"] })).toEqual(all.filter((id) => /^(rpc|hello)\//.test(id)));
  });
  test("by case, any of several", () => {
    expect(ids({ cases: ["rpc/plain", "handshake/plain@hybi-00"] })).toEqual(
      all.filter((id) => id.startsWith("rpc/plain@") || id === "handshake/plain@hybi-00"),
    );
  });
  test("by requirement", () => {
    const taken = take({ requirements: ["NC-HELLO-002"] });
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.every((one) => one.requirements.includes("NC-HELLO-002"))).toBe(true);
  });
  test("without", () => {
    expect(ids({ suites: ["rpc"], exclude: ["rpc/plain*"] })).toEqual(
      all.filter((id) => id.startsWith("rpc/") && !id.startsWith("rpc/plain")),
    );
  });
  test("by level", () => {
    const must = ids({ level: "must" });
    expect(must.length).toBeLessThan(all.length);
    const levels = (id: string) =>
      everything.cases.find((one) => one.id === id)?.requirements.map((one) => everything.catalogue.get(one)?.level) ??
      [];
    expect(must.every((id) => levels(id).some((level) => level?.startsWith("MUST")))).toBe(true);
    expect(ids({ level: "should" })).toEqual(all);
  });
  test("by what failed before", () => {
    const verdicts = ["pass", "n/a", "fail", "warn", "inconc", "error"] as const;
    const cases = verdicts.map((verdict, index) => ({ id: all[index], verdict }));
    expect(ids({ rerunFailed: { cases } as unknown as Results })).toEqual(all.slice(2, 6));
  });
  test("joined: each part narrows", () => {
    expect(ids({ suites: ["rpc"], cases: ["*/plain"], exclude: ["*@hybi-0*"] })).toEqual(["rpc/plain@rfc6455"]);
  });
  test("of empty lists narrows nothing", () => {
    expect(ids({ suites: [], cases: [], requirements: [], exclude: [] })).toEqual(all);
  });
});

test.each([1, 2, 3, 7])("%i shards are a partition, about equal in size", (count) => {
  const shards = Array.from({ length: count }, (_, index) =>
    ids({ suites: ["rpc"], shard: { index: index + 1, count } }),
  );
  expect(shards.flat().sort()).toEqual(ids({ suites: ["rpc"] }).sort());
  const sizes = shards.map(({ length }) => length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
});

describe("what matches nothing is refused with the name of its flag", () => {
  test.each<[Selection, string]>([
    [{ cases: ["rpc/plain", "nowhere/*"] }, "--case nowhere/* matches no case"],
    [{ exclude: ["nowhere"] }, "--exclude nowhere matches no case"],
    [{ suites: ["rpcs"] }, "--suite rpcs matches nothing"],
    [{ requirements: ["NC-NO-001"] }, "--requirement NC-NO-001 is not in the catalogue"],
  ])("%j", (selection, message) => {
    expect(() => take(selection)).toThrow(UsageError);
    expect(() => take(selection)).toThrow(message);
  });

  test("a requirement that no case covers", () => {
    const covered = new Set(everything.all.flatMap((one) => one.requirements));
    const bare = everything.catalogue.all.find(({ id }) => !covered.has(id));
    if (bare) expect(() => take({ requirements: [bare.id] })).toThrow(`--requirement ${bare.id}: no case covers it`);
  });
});

describe("a scenario of one's own", () => {
  const own = (text: string) => {
    writeFileSync(path.join(folder, "own.yaml"), text);
    return makePlan({ scenarios: [folder], cases: ["own/*"], dialects: ["rfc6455"] }).cases;
  };
  const scenario = (more = "", id = "own/one") =>
    `- id: ${id}\n  title: A title of some length\n  drive: [session: a]\n  judge: [{ closed: { on: a, requirement: WS-CLS-009 } }]\n${more}`;

  test("is planned beside ours", () =>
    expect(own(scenario()).map(plannedCase)).toMatchObject([{ id: "own/one@rfc6455", suite: "own" }]));

  test.each([
    [
      "an unknown requirement",
      scenario().replace("WS-CLS-009", "WS-NO-1"),
      "requirement WS-NO-1 is not in the catalogue",
    ],
    ["an unknown precondition", scenario("  needs: [luck]\n"), 'there is no precondition "luck"'],
    [
      "an unknown step in a row",
      scenario("  each: { x: { s: { jump: a } } }\n").replace("[session: a]", '["${s}"]'),
      'there is no drive step "jump"',
    ],
    ["an unknown check", scenario().replace("closed", "clsed"), "own/one: judge 0"],
    ["an id of ours", scenario("", "rpc/plain").replaceAll("own/", ""), "rpc/plain@rfc6455: the id is used twice"],
  ])("with %s is refused", (_what, text, message) => {
    let told: unknown;
    try {
      own(text);
    } catch (error) {
      told = error;
    }
    expect(told).toBeInstanceOf(UsageError);
    expect((told as Error).message).toContain(message);
    expect((told as Error).message).toContain(path.join(folder, "own.yaml"));
  });

  test("in a folder that is not there is refused", () => {
    expect(() => makePlan({ scenarios: [path.join(folder, "missing")] })).toThrow(UsageError);
  });
});
