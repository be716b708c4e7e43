/** The built-in targets by their names, for callers that have no command line. */
import { findTarget } from "../target/file.ts";
import type { TargetFile } from "../target/types.ts";

export function reference(): TargetFile {
  return findTarget("reference");
}

export function referenceClient(): TargetFile {
  return findTarget("reference-client");
}
