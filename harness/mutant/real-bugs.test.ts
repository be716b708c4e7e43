import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { loadMutants } from "./load.ts";
import { loadRealBugs } from "./real-bugs.ts";

const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bugs-"));
afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string) {
  const file = join(folder, "bugs.yaml");
  writeFileSync(file, text);
  return () => loadRealBugs(file);
}

const bug = (rest: string) => `- { id: RB-001, role: server, area: framing, statement: It breaks., ${rest} }`;

test("the bugs and the mutants name each other", () => {
  const mutants = loadMutants(join(fixtures, "mutants"));
  const byMutants = mutants.flatMap(({ id, bug: of }) => (of === undefined ? [] : [`${of} ${id.split("@")[0]}`]));
  const byBugs = loadRealBugs(join(fixtures, "real-bugs.yaml")).flatMap(({ id, mutants: names = [] }) =>
    names.map((name) => `${id} ${name}`),
  );
  expect(byBugs.sort()).toEqual([...new Set(byMutants)].sort());
});

test("a client's bug may have nothing, a server's may not", () => {
  expect(load(bug("").replace("server", "client"))()).toHaveLength(1);
  expect(load(bug(""))).toThrow(/^bugs\.yaml: RB-001/);
});

test.each([
  ["a mutant and a reason", bug("mutants: [a/b], unseen: It cannot be seen.")],
  ["two reasons", bug("uncovered: There is no case., unseen: It cannot be seen.")],
  ["an unknown area", bug("unseen: It cannot be seen.").replace("framing", "coffee")],
  ["no sentence", bug("unseen: It cannot be seen.").replace("breaks.", "breaks")],
])("refuses a bug with %s", (_, text) => {
  expect(load(text)).toThrow(/^bugs\.yaml: RB-001/);
});

test("refuses an id that occurs twice, and a file that is not there", () => {
  const one = bug("unseen: It cannot be seen.");
  expect(load(`${one}\n${one}`)).toThrow('bug id "RB-001" occurs twice');
  expect(() => loadRealBugs(join(folder, "absent.yaml"))).toThrow(/^cannot read /);
});
