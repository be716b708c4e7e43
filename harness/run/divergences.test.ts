import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadCatalogue } from "../judge/catalogue.ts";
import type { Requirement } from "../judge/types.ts";
import { divergences } from "./divergences.ts";
import { type KnownEntry, loadKnown } from "./known.ts";
import { fixturesFolder, requirementsFolder } from "./package-root.ts";

const requirement: Requirement = {
  id: "WS-CLS-013",
  level: "SHOULD",
  role: "both",
  source: "RFC 6455 §5.5.1",
  basis: "inferred",
  statement: "A close of one byte | is failed.",
};

test("targets that do the same share a reason; a race says that it is one", () => {
  const entry = { requirement: "WS-CLS-013", reason: "echoes it" };
  const known = new Map<string, KnownEntry[]>([
    ["a", [entry]],
    ["b", [entry, { requirement: "WS-CLS-013", case: "x", reason: "waits", sometimes: true }]],
    ["c", [{ case: "closing/y", reason: "as the other" }]],
  ]);
  expect(divergences(known, [requirement])).toBe(`## RFC 6455

| requirement | level | rule, clause | who does what |
| --- | --- | --- | --- |
| WS-CLS-013 | SHOULD, inferred | A close of one byte \\| is failed. RFC 6455 §5.5.1 | **a, b**: echoes it; **b**: waits (not in every run) |

## Cases that cannot be judged because of these

- \`closing/y\`, **c**: as the other
`);
});

/** The file's own text ends at this line; what follows is made of known.yaml. `vitest run -u` makes it again. */
const border = "<!-- made of every known.yaml; npx vitest run -u harness/run/divergences.test.ts -->\n\n";

test("fixtures/targets/DIVERGENCES.md has every known failure of every target", async () => {
  const folder = join(fixturesFolder(), "targets");
  const files = readdirSync(folder)
    .sort()
    .map((name) => [name, join(folder, name, "known.yaml")] as const)
    .filter(([, file]) => existsSync(file));
  const known = new Map(files.map(([name, file]) => [name, loadKnown(file).entries]));
  const document = join(folder, "DIVERGENCES.md");
  const [own] = readFileSync(document, "utf8").split(border);
  const table = divergences(known, loadCatalogue(requirementsFolder()).all);
  await expect(`${own}${border}${table}`).toMatchFileSnapshot(document);
});
