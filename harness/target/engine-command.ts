import { join } from "node:path";
import type { Role } from "../judge/types.ts";
import { packageFolder, runsFromSource } from "./package-folder.ts";
import { shellWord } from "./shell-word.ts";

/**
 * A command line, ready for a shell, that runs the reference's NETCONF on standard input and output: what bridges
 * find in NCWS_ENGINE, the server's side or the client's. Under vitest it runs from the sources.
 */
export function engineCommand(role: Role = "server"): string {
  const words = runsFromSource
    ? ["--import", inPackage("harness/target/from-source.mjs"), inPackage("harness/cli/main.ts")]
    : [inPackage("dist/harness/cli/main.js")];
  return [process.execPath, ...words, role === "server" ? "engine" : "client-engine"].map(shellWord).join(" ");
}

function inPackage(path: string): string {
  return join(packageFolder(), path);
}
