/** Mutants from their fixtures. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parseDocument } from "yaml";
import { parsedBefore } from "../fixture/parsed.ts";
import type { Role } from "../judge/types.ts";
import type { DialectName } from "../wire/types.ts";
import type { Mutant, TransformSpec } from "./types.ts";

/** A mutants file that cannot be used; its message is one line that names file, entry and place. */
export class MutantFileError extends Error {}

/** An entry as it stands in a file. */
interface Entry {
  readonly id: string;
  readonly title: string;
  readonly requirement: string | Readonly<Partial<Record<DialectName, string>>>;
  readonly role?: Role;
  readonly dialects?: readonly DialectName[];
  readonly bug?: string;
  readonly cases?: readonly string[];
  readonly transform: readonly TransformSpec[];
}

const ALL: readonly DialectName[] = ["rfc6455", "hybi-06", "hybi-00"];

/**
 * Reads all `*.yaml` of a folder, in the order of their names. An entry whose `requirement` names one id for
 * each dialect becomes one mutant a dialect, `id@dialect`.
 * @throws {MutantFileError} when a file is unreadable, breaks the schema, or repeats an id
 */
export function loadMutants(folder: string): Mutant[] {
  const mutants = namesIn(folder).flatMap((name) => entriesOf(folder, name).flatMap(expand));
  const seen = new Set<string>();
  for (const { id } of mutants) {
    if (seen.has(id)) throw new MutantFileError(`mutant id "${id}" occurs twice`);
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
    throw new MutantFileError(`cannot read the mutants folder ${folder}`);
  }
}

function entriesOf(folder: string, name: string): readonly Entry[] {
  const path = join(folder, name);
  const text = readFileSync(path, "utf8");
  const known = parsedBefore(text);
  if (known !== undefined) return known as readonly Entry[];
  const entries = parseYaml(path, text);
  const error = schemaValidator()(entries);
  if (error) throw new MutantFileError(`${name}: ${error}`);
  return entries as readonly Entry[];
}

function parseYaml(path: string, text: string): unknown {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw new MutantFileError(`${path}: ${problem.message.split("\n")[0]}`);
  return document.toJS();
}

function expand(entry: Entry): Mutant[] {
  const { id, title, requirement, role = "server", transform } = entry;
  const rest = { title, role, transform, ...optional("bug", entry.bug), ...optional("cases", entry.cases) };
  if (typeof requirement === "string") return [{ id, requirement, dialects: entry.dialects ?? ALL, ...rest }];
  return ALL.flatMap((dialect) => {
    const own = requirement[dialect];
    return own === undefined ? [] : [{ id: `${id}@${dialect}`, requirement: own, dialects: [dialect], ...rest }];
  });
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [name in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [name in K]: V });
}

/** The schema's path: beside the sources, or one folder further up from the built files. */
export function schemaPath(): string {
  for (const up of ["../../", "../../../"]) {
    const path = fileURLToPath(new URL(`${up}fixtures/schemas/mutants.schema.json`, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new MutantFileError("fixtures/schemas/mutants.schema.json is missing from the installation");
}

let validator: ((value: unknown) => string | undefined) | undefined;

/** A function that gives undefined, or one line about the first thing that is wrong. */
function schemaValidator(): (value: unknown) => string | undefined {
  if (validator) return validator;
  const ajv = new Ajv2020({ allErrors: false, strict: false });
  formats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(schemaPath(), "utf8")));
  validator = (value) => (validate(value) ? undefined : describe(value, validate.errors ?? []));
  return validator;
}

function describe(value: unknown, errors: readonly ErrorObject[]): string {
  const error = errors.at(-1);
  const [index = "", ...rest] = (error?.instancePath ?? "").split("/").slice(1);
  const entry = Array.isArray(value) ? (value[Number(index)] as Partial<Entry> | null | undefined) : undefined;
  const name = entry?.id ?? (index === "" ? "file" : `entry ${Number(index) + 1}`);
  const detail = Object.entries(error?.params ?? {}).map(([key, what]) => `${key} ${JSON.stringify(what)}`);
  return [name, rest.join("/"), `${error?.message ?? "is not valid"} (${detail.join(", ")})`]
    .filter(Boolean)
    .join(": ");
}
