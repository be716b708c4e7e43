/** The examples that README.md and CONTRIBUTING.md show are valid files of their kind. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { loadKnown } from "./known.ts";
import { fixturesFolder, packageRoot } from "./package-root.ts";

/** The first YAML block under a heading. */
function example(document: string, heading: string): string {
  const text = readFileSync(join(packageRoot(), document), "utf8");
  const start = text.indexOf(`\n${heading}\n`);
  return start < 0 ? "" : (/```yaml\n(.*?)```/s.exec(text.slice(start))?.[1] ?? "");
}

test.each([
  ["README.md", "## Target file", "target"],
  ["README.md", "## Who talks to whom", "matrix-file"],
  ["CONTRIBUTING.md", "## Add a requirement", "requirements"],
  ["CONTRIBUTING.md", "## Add a scenario", "scenarios"],
  ["CONTRIBUTING.md", "## Add a mutant", "mutants"],
  ["CONTRIBUTING.md", "## Add a target", "target"],
])("%s, %s", { timeout: 30_000 }, (document, heading, kind) => {
  const schema = JSON.parse(readFileSync(join(fixturesFolder(), "schemas", `${kind}.schema.json`), "utf8"));
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
  // The schemas are written in two drafts and mean the same in either.
  ajv.validate({ ...schema, $schema: undefined }, parse(example(document, heading)));
  expect(ajv.errors).toBeNull();
});

test("README.md, ### Known failures", () => {
  const folder = mkdtempSync(join(tmpdir(), "ncwspec-"));
  try {
    writeFileSync(join(folder, "known.yaml"), example("README.md", "### Known failures"));
    expect(loadKnown(join(folder, "known.yaml")).entries).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
