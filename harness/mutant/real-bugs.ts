/** The bugs that shipped, and what stands for each of them. */
import type { Role } from "../judge/types.ts";
import { EntryFileError, readEntries } from "./entry-file.ts";

/** One entry of `fixtures/real-bugs.yaml`. It has one of `mutants`, `uncovered` and `unseen`; a client's may have none. */
export interface RealBug {
  /** `RB-016`, as numbered in the field study. */
  readonly id: string;
  /** The party at fault. */
  readonly role: Role | "proxy";
  readonly area: string;
  /** What goes wrong, in one sentence. */
  readonly statement: string;
  /** Mutants that have the fault, without their dialect. */
  readonly mutants?: readonly string[];
  /** A peer can see it, but no case does: why. */
  readonly uncovered?: string;
  /** Why no peer can see it. */
  readonly unseen?: string;
}

/** @throws {EntryFileError} when the file is unreadable, breaks the schema, or repeats an id */
export function loadRealBugs(file: string): readonly RealBug[] {
  const bugs = readEntries<RealBug>(file, "real-bugs");
  const seen = new Set<string>();
  for (const { id } of bugs) {
    if (seen.has(id)) throw new EntryFileError(`bug id "${id}" occurs twice`);
    seen.add(id);
  }
  return bugs;
}
