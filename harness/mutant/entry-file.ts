/** A YAML file that is a list of entries, held to its JSON Schema. */
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parseDocument } from "yaml";
import { parsedBefore } from "../fixture/parsed.ts";

/** A file that cannot be used; its message is one line that names file, entry and place. */
export class EntryFileError extends Error {}

/**
 * @param schema name of a file in `fixtures/schemas`, without `.schema.json`
 * @throws {EntryFileError} when the file is unreadable, is no YAML or breaks the schema
 */
export function readEntries<T extends { readonly id: string }>(path: string, schema: string): readonly T[] {
  const text = textOf(path);
  const known = parsedBefore(text);
  if (known !== undefined) return known as readonly T[];
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw new EntryFileError(`${path}: ${problem.message.split("\n")[0]}`);
  const entries: unknown = document.toJS();
  const validate = validatorOf(schema);
  if (!validate(entries)) throw new EntryFileError(`${basename(path)}: ${describe(entries, validate.errors ?? [])}`);
  return entries as readonly T[];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new EntryFileError(`cannot read ${path}`);
  }
}

/** The schema's path: beside the sources, or one folder further up from the built files. */
export function schemaPath(schema: string): string {
  for (const up of ["../../", "../../../"]) {
    const path = fileURLToPath(new URL(`${up}fixtures/schemas/${schema}.schema.json`, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new EntryFileError(`fixtures/schemas/${schema}.schema.json is missing from the installation`);
}

const validators = new Map<string, ValidateFunction>();

function validatorOf(schema: string): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  const ajv = new Ajv2020({ allErrors: false, strict: false });
  formats.default(ajv);
  const made = ajv.compile(JSON.parse(readFileSync(schemaPath(schema), "utf8")));
  validators.set(schema, made);
  return made;
}

/** One line about the first thing that is wrong. */
function describe(value: unknown, errors: readonly ErrorObject[]): string {
  const error = errors.at(-1);
  const [index = "", ...rest] = (error?.instancePath ?? "").split("/").slice(1);
  const entry = Array.isArray(value)
    ? (value[Number(index)] as { readonly id?: string } | null | undefined)
    : undefined;
  const name = entry?.id ?? (index === "" ? "file" : `entry ${Number(index) + 1}`);
  const detail = Object.entries(error?.params ?? {}).map(([key, what]) => `${key} ${JSON.stringify(what)}`);
  return [name, rest.join("/"), `${error?.message ?? "is not valid"} (${detail.join(", ")})`]
    .filter(Boolean)
    .join(": ");
}
