import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { fixturesFolder } from "../run/package-root.ts";
import { loadActivities } from "./activities.ts";
import { loadMatrixFile } from "./file.ts";

const activities = loadActivities(fixturesFolder());
const folder = mkdtempSync(join(tmpdir(), "ncwspec-matrix-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "peers"));
writeFileSync(join(folder, "peers", "acme.yaml"), 'name: "acme × os"\nreach: { url: "ws://127.0.0.1:1/netconf" }\n');
writeFileSync(join(folder, "peers", "app.yaml"), "name: app\nrole: client\nreach: { process: { command: [app] } }\n");

function load(text: string) {
  const path = join(folder, "matrix.yaml");
  writeFileSync(path, text);
  return loadMatrixFile(path, activities);
}
const clients = "clients: [peers/app.yaml]\n";

test("names, files and URLs, and what holds where the file says nothing", () => {
  const file = load(
    `servers:\n- reference\n- peers/acme.yaml\n- { target: "ws://127.0.0.1:2/x", name: box }\n${clients}`,
  );
  expect(file.servers.map(({ name, dialects }) => [name, dialects])).toEqual([
    ["reference", ["rfc6455", "hybi-06", "hybi-00"]],
    ["acme - os", undefined],
    ["box", undefined],
  ]);
  expect(file.clients.map(({ name }) => name)).toEqual(["app"]);
  expect(file).toMatchObject({
    title: "Interop matrix",
    dialects: ["hybi-00", "hybi-06", "rfc6455"],
    suites: {},
    known: [],
  });
  expect(file.activities).toEqual(activities);
});

test("one that cannot be had needs no target", () => {
  const { servers } = load(`servers: [{ name: kaazing, unavailable: gone, dialects: [hybi-00] }]\n${clients}`);
  expect(servers).toEqual([{ name: "kaazing", role: "server", unavailable: "gone", dialects: ["hybi-00"] }]);
});

test("suites: all areas, or some of one side", () => {
  expect(load(`suites: true\nservers: [reference]\n${clients}`).suites).toEqual({ server: "all", client: "all" });
  expect(load(`suites: { server: [hello] }\nservers: [reference]\n${clients}`).suites).toEqual({ server: ["hello"] });
});

describe("mistakes: one line with file and place", () => {
  test.each<[string, string, RegExp]>([
    ["no YAML", "servers: [", /matrix\.yaml:1:\d+: this is not YAML/],
    ["no servers", clients, /the key "servers" is missing; .*reference/],
    [
      "an unknown key",
      `servers: [reference]\n${clients}dialect: []\n`,
      /"dialect" is not known here; did you mean "dialects"/,
    ],
    [
      "an unknown target",
      `servers: [refrence]\n${clients}`,
      /matrix\.yaml:1:11: servers\.0: "refrence" is no target: did you mean reference/,
    ],
    ["a missing file", `servers: [peers/none.yaml]\n${clients}`, /servers\.0: .*none\.yaml/],
    [
      "a client among servers",
      `servers: [peers/app.yaml]\n${clients}`,
      /servers\.0: peers\/app\.yaml is a client; list it under clients/,
    ],
    ["one name twice", `servers: [reference, reference]\n${clients}`, /servers\.1: the name reference is taken/],
    ["the suite's name", `servers: [{ target: reference, name: suite }]\n${clients}`, /the name suite is taken/],
    ["neither target nor reason", `servers: [{ name: x }]\n${clients}`, /no target; say in unavailable/],
    ["a name with ×", `servers: [{ target: reference, name: a×b }]\n${clients}`, /servers\.0\.name/],
    [
      "an activity that is not there",
      `servers: [reference]\n${clients}activities: [sesion]\n`,
      /no activity "sesion"; did you mean session/,
    ],
    ["a dialect", `dialects: [hybi-13]\nservers: [reference]\n${clients}`, /dialects\.0: "hybi-13" is not known here/],
    [
      "a known cell without reason",
      `servers: [reference]\n${clients}known: [{ cell: a×b }]\n`,
      /the key "reason" is missing/,
    ],
  ])("%s", (_name, text, message) => {
    expect(() => load(text)).toThrow(message);
    expect(() => load(text)).toThrow(/^[^\n]+$/);
  });
});
