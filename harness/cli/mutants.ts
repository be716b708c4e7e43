import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadMutants } from "../mutant/load.ts";
import type { Mutant } from "../mutant/types.ts";
import { fixturesFolder } from "../run/package-root.ts";

/** The mutants of this package. */
export function ownMutants(): Mutant[] {
  const folder = join(fixturesFolder(), "mutants");
  return existsSync(folder) ? loadMutants(folder) : [];
}
