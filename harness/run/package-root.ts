import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

let found: { readonly folder: string; readonly version: string } | undefined;

/** Looks upward from this file, so that it holds from the sources and from `dist` alike. */
function findPackage(): { readonly folder: string; readonly version: string } {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, "package.json");
    if (existsSync(path)) {
      const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest;
      if (manifest.name === "ncwspec") return { folder, version: manifest.version ?? "0.0.0" };
    }
    const above = dirname(folder);
    if (above === folder) throw new Error("the folder of the package ncwspec was not found");
    folder = above;
  }
}

/** Folder of the package: the one whose package.json is named `ncwspec`. */
export function packageRoot(): string {
  found ??= findPackage();
  return found.folder;
}

/** `version` of package.json. */
export function packageVersion(): string {
  found ??= findPackage();
  return found.version;
}

/** Folder of the requirements, scenarios, mutants, targets, vectors and schemas. */
export function fixturesFolder(): string {
  return join(packageRoot(), "fixtures");
}
