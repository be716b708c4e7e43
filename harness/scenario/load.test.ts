/** What is wrong with a fixture is told in one line, with the file and the scenario. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FixtureError, loadScenarios } from "./load.ts";

const schema = fileURLToPath(new URL("../../fixtures/schemas/scenarios.schema.json", import.meta.url));
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "scenarios-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(text: string, name = "some.yaml") {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
  return loadScenarios(folder, schema);
}

const good = "- id: suite/one\n  title: A title of some length\n  drive:\n    - session: a\n";

test("what a scenario leaves out has a default", () => {
  expect(load(good, "deep/er/some.yaml")).toEqual([
    {
      id: "suite/one",
      title: "A title of some length",
      role: "server",
      needs: [],
      covers: [],
      exclusive: false,
      drive: [{ session: "a" }],
      judge: [],
      rests: ["handshake", "session"],
      file: path.join(folder, "deep/er/some.yaml"),
    },
  ]);
});

test.each([
  ["- open: a", ["handshake"]],
  ["- session: a\n    - rpc: { on: a }", ["handshake", "session", "rpc"]],
  ["- session: a\n    - probe: { on: a }", ["handshake", "session", "rpc"]],
  [
    "- session: a\n    - subscribe: { on: a }\n    - trigger: { as: m }",
    ["handshake", "session", "rpc", "event", "subscription"],
  ],
  [
    "- session: a\n    - subscribe: { on: a, startTime: now-1h }\n    - await: { on: a, replayComplete: true }",
    ["handshake", "session", "rpc", "subscription", "replay"],
  ],
])("the steps %j rest on %j", (drive, rests) => {
  const [scenario] = load(`- id: suite/one\n  title: A title of some length\n  drive:\n    ${drive}\n`);
  expect(scenario?.rests).toEqual(rests);
});

test("a step that is a parameter counts in what a scenario rests on", () => {
  const [scenario] = load(
    `${good}    - "\${more}"\n  each:\n    a: { more: { trigger: { as: m } } }\n    b: { more: null }\n`,
  );
  expect(scenario?.rests).toEqual(["handshake", "session", "event"]);
});

test("a control rests on those before it only", () => {
  const [scenario] = load(`${good}    - rpc: { on: a }\n  control: rpc\n`);
  expect(scenario?.rests).toEqual(["handshake", "session"]);
});

describe("refused in one line:", () => {
  const place = (name = "some.yaml") => path.join(folder, name);
  test.each([
    ["no YAML", "- [", (file: string) => `${file}: `],
    ["nothing", "", (file: string) => `${file}: must be array`],
    ["no list", "id: x", (file: string) => `${file}: must be array`],
    ["a list of words", "- x", (file: string) => `${file}: scenario 1: must be object`],
    [
      "no drive",
      "- id: suite/one\n  title: A title of some length",
      (file: string) => `${file}: suite/one: must have required property 'drive'`,
    ],
    [
      "no id",
      `${good}- title: A title of some length\n  drive: [open: a]`,
      (file: string) => `${file}: scenario 2: must have required property 'id'`,
    ],
    ["an unknown member", `${good}  tittle: x`, (file: string) => `${file}: suite/one: has an unknown member tittle`],
    [
      "an unknown role",
      `${good}  role: judge`,
      (file: string) => `${file}: suite/one: role must be one of server, client`,
    ],
    [
      "no steps",
      "- id: suite/one\n  title: A title of some length\n  drive: []",
      (file: string) => `${file}: suite/one: drive must NOT have fewer than 1 items`,
    ],
    ["an unknown step", good.replace("session:", "sesion:"), (file: string) => `${file}: suite/one: drive 0`],
    [
      "an unknown check",
      `${good}  judge: [{ hold: { requirement: R } }]`,
      (file: string) => `${file}: suite/one: judge 0`,
    ],
    ["an id used twice", good + good, (file: string) => `${file}: scenario id suite/one is used twice`],
  ])("%s", (_what, text, message) => {
    let told = "";
    try {
      load(text);
    } catch (error) {
      expect(error).toBeInstanceOf(FixtureError);
      told = (error as Error).message;
    }
    expect(told.startsWith(message(place())), told).toBe(true);
    expect(told).not.toContain("\n");
  });

  test("an id used twice in two files names both", () => {
    load(good, "a.yaml");
    expect(() => load(good, "b.yaml")).toThrow(
      `${place("b.yaml")}: scenario id suite/one is used twice (also in ${place("a.yaml")})`,
    );
  });

  test("a folder that is not there", () => {
    expect(() => loadScenarios(place("missing"), schema)).toThrow(new FixtureError(`${place("missing")}: ENOENT`));
  });
});
