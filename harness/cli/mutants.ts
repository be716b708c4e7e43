import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadMutants } from "../mutant/load.ts";
import { loadRealBugs, type RealBug } from "../mutant/real-bugs.ts";
import type { Mutant } from "../mutant/types.ts";
import { fixturesFolder } from "../run/package-root.ts";

/** The bugs that shipped, with what stands for each. */
export function ownRealBugs(): readonly RealBug[] {
  return loadRealBugs(join(fixturesFolder(), "real-bugs.yaml"));
}

/** The mutants of this package. */
export function ownMutants(): Mutant[] {
  const folder = join(fixturesFolder(), "mutants");
  return existsSync(folder) ? loadMutants(folder) : [];
}
