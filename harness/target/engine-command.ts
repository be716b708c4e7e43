import { join } from "node:path";
import { packageFolder, runsFromSource } from "./package-folder.ts";
import { shellWord } from "./shell-word.ts";

/**
 * A command line, ready for a shell, that runs the reference's NETCONF engine on standard input and
 * output: what bridges find in NCWS_ENGINE. Under vitest it runs from the sources.
 */
export function engineCommand(): string {
  const words = runsFromSource
    ? ["--import", inPackage("harness/target/from-source.mjs"), inPackage("harness/cli/main.ts")]
    : [inPackage("dist/harness/cli/main.js")];
  return [process.execPath, ...words, "engine"].map(shellWord).join(" ");
}

function inPackage(path: string): string {
  return join(packageFolder(), path);
}
