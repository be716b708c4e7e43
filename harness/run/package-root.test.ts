import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fixturesFolder, packageRoot, packageVersion } from "./package-root.ts";

test("the package is found upward from this module", () => {
  expect(existsSync(join(packageRoot(), "package.json"))).toBe(true);
  expect(fixturesFolder()).toBe(join(packageRoot(), "fixtures"));
  expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/);
});
