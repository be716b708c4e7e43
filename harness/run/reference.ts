/** The built-in target by its name, for callers that have no command line. */
import { findTarget } from "../target/file.ts";
import type { TargetFile } from "../target/types.ts";

export function reference(): TargetFile {
  return findTarget("reference");
}
