import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { schemaPath } from "./entry-file.ts";
import { loadMutants } from "./load.ts";
import { seededBytes } from "./random.ts";
import { transforms } from "./transforms/index.ts";
import type { Link } from "./types.ts";

const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mutants-"));
afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string) {
  writeFileSync(join(folder, "one.yaml"), text);
  return () => loadMutants(folder);
}

const link = {
  index: 0,
  random: seededBytes(1),
  others: () => [],
  hasClosed: () => false,
  memory: new Map(),
} as unknown as Link;

test("every fixture loads, and its transforms take their parameters", () => {
  const mutants = loadMutants(join(fixtures, "mutants"));
  expect(mutants.length).toBeGreaterThan(300);
  for (const { transform } of mutants) {
    for (const [name, params] of transform.flatMap((spec) => Object.entries(spec))) transforms[name]?.(params, link);
  }
});

test("every mutant breaks a requirement of the catalogue that binds its role", () => {
  const files = readdirSync(join(fixtures, "requirements")).filter((name) => name.endsWith(".yaml"));
  const rows = files.flatMap((name) => parse(readFileSync(join(fixtures, "requirements", name), "utf8")));
  const roles = new Map(rows.map((row: { id: string; role: string }) => [row.id, row.role]));
  const wrong = loadMutants(join(fixtures, "mutants")).filter(
    ({ requirement, role }) => ![role, "both"].includes(roles.get(requirement) ?? ""),
  );
  expect(wrong.map(({ id, requirement }) => `${id} ${requirement}`)).toEqual([]);
});

test("the schema describes exactly the transforms that there are", () => {
  const schema = JSON.parse(readFileSync(schemaPath("mutants"), "utf8"));
  expect(Object.keys(schema.$defs.transforms).sort()).toEqual(Object.keys(transforms).sort());
  expect(Object.keys(schema.items.properties.transform.items.properties).sort()).toEqual(
    Object.keys(transforms).sort(),
  );
});

test("a requirement for each dialect makes a mutant for each", () => {
  const entry =
    "- { id: a/b, title: T, requirement: { hybi-00: H-1, rfc6455: R-1 }, transform: [{ hold-response: {} }] }";
  expect(load(entry)().map(({ id, requirement, dialects, role }) => [id, requirement, dialects, role])).toEqual([
    ["a/b@rfc6455", "R-1", ["rfc6455"], "server"],
    ["a/b@hybi-00", "H-1", ["hybi-00"], "server"],
  ]);
});

test("a wrong entry is told in one line", () => {
  const entry = (transform: string) => `- { id: a/b, title: T, requirement: R-1, transform: [${transform}] }`;
  expect(load(entry("{ drop-fram: { from: server } }"))).toThrow(
    /^one\.yaml: a\/b: transform\/0: must NOT have additional properties \(additionalProperty "drop-fram"\)$/,
  );
  expect(load(entry("{ drop-frame: { kind: pong } }"))).toThrow(
    /^one\.yaml: a\/b: transform\/0\/drop-frame: must have .*from/,
  );
  expect(load(entry("{ drop-frame: { from: server, nht: 1 } }"))).toThrow(/unevaluatedProperty "nht"/);
  expect(load(entry("{ drop-message: { from: server, text: '(' } }"))).toThrow(/text: must match format "regex"/);
  expect(load("- { id: a/b }")).toThrow(/^one\.yaml: a\/b: must have required property 'title'/);
  expect(load("a: [")).toThrow(/one\.yaml: /);
  expect(load("- { id: a/b, title: T, requirement: R-1, transform: [{ hold-response: {} }] }\n".repeat(2))).toThrow(
    /"a\/b" occurs twice/,
  );
  expect(() => loadMutants(join(folder, "none"))).toThrow(/cannot read the mutants folder/);
});
