import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../target/package-folder.ts";

/** Folder of the package: the one whose package.json is named `ncwspec`, from the sources and from `dist` alike. */
export function packageRoot(): string {
  return packageFolder();
}

/** `version` of package.json. */
export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version?: string };
  return manifest.version ?? "0.0.0";
}

/** Folder of the requirements, scenarios, mutants, targets, vectors and schemas. */
export function fixturesFolder(): string {
  return join(packageRoot(), "fixtures");
}

/** Folder of the catalogue. */
export function requirementsFolder(): string {
  return join(fixturesFolder(), "requirements");
}
