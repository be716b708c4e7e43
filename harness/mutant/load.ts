/** Mutants from their fixtures. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "../judge/types.ts";
import type { DialectName } from "../wire/types.ts";
import { EntryFileError, readEntries } from "./entry-file.ts";
import type { Mutant, TransformSpec } from "./types.ts";

/** An entry as it stands in a file. */
interface Entry {
  readonly id: string;
  readonly title: string;
  readonly requirement: string | Readonly<Partial<Record<DialectName, string>>>;
  readonly role?: Role;
  readonly dialects?: readonly DialectName[];
  readonly bug?: string;
  readonly profile?: string;
  readonly cases?: readonly string[];
  readonly transform: readonly TransformSpec[];
}

const ALL: readonly DialectName[] = ["rfc6455", "hybi-06", "hybi-00"];

/**
 * Reads all `*.yaml` of a folder, in the order of their names. An entry whose `requirement` names one id for
 * each dialect becomes one mutant a dialect, `id@dialect`.
 * @throws {EntryFileError} when a file is unreadable, breaks the schema, or repeats an id
 */
export function loadMutants(folder: string): Mutant[] {
  const mutants = namesIn(folder).flatMap((name) => readEntries<Entry>(join(folder, name), "mutants").flatMap(expand));
  const seen = new Set<string>();
  for (const { id } of mutants) {
    if (seen.has(id)) throw new EntryFileError(`mutant id "${id}" occurs twice`);
    seen.add(id);
  }
  return mutants;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".yaml"))
      .sort();
  } catch {
    throw new EntryFileError(`cannot read the mutants folder ${folder}`);
  }
}

function expand(entry: Entry): Mutant[] {
  const { id, title, requirement, role = "server", transform } = entry;
  const { bug, profile, cases } = entry;
  const rest = {
    title,
    role,
    transform,
    ...optional("bug", bug),
    ...optional("profile", profile),
    ...optional("cases", cases),
  };
  if (typeof requirement === "string") return [{ id, requirement, dialects: entry.dialects ?? ALL, ...rest }];
  return ALL.flatMap((dialect) => {
    const own = requirement[dialect];
    return own === undefined ? [] : [{ id: `${id}@${dialect}`, requirement: own, dialects: [dialect], ...rest }];
  });
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [name in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [name in K]: V });
}
