import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** True when this module runs as TypeScript (under vitest), false in `dist`. */
export const runsFromSource = import.meta.url.endsWith(".ts");

let found: string | undefined;

/** Folder of the package, looked for upward from this file, so that it holds from the sources and from `dist` alike. */
export function packageFolder(): string {
  found ??= lookUpward(dirname(fileURLToPath(import.meta.url)));
  return found;
}

function lookUpward(folder: string): string {
  if (isPackage(folder)) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error("the folder of the package ncwspec was not found");
  return lookUpward(above);
}

function isPackage(folder: string): boolean {
  try {
    return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: string }).name === "ncwspec";
  } catch {
    return false;
  }
}
