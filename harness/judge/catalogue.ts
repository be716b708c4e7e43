/**
 * The requirement catalogue: every row of `fixtures/requirements/*.yaml`, found by id.
 *
 * {@link loadCatalogue} is the one function of this folder that reads files; what it gives is plain
 * data, and {@link catalogueOf} builds the same from rows that are already there.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { LineCounter, parseDocument } from "yaml";
import { parsedBefore, remember } from "../fixture/parsed.ts";
import type { Requirement } from "./types.ts";

export interface Catalogue {
  /** Every row, ordered by file name and place in the file. */
  readonly all: readonly Requirement[];
  get(id: string): Requirement | undefined;
  has(id: string): boolean;
}

/** @throws Error naming an id that two rows share */
export function catalogueOf(rows: readonly Requirement[]): Catalogue {
  const byId = new Map<string, Requirement>();
  for (const row of rows) {
    if (byId.has(row.id)) throw new Error(`${row.id}: the id is used twice`);
    byId.set(row.id, row);
  }
  return { all: [...rows], get: (id) => byId.get(id), has: (id) => byId.has(id) };
}

/**
 * Reads all `*.yaml` files of a folder, each checked against `requirements.schema.json`, which lies in
 * the folder `schemas` beside it.
 * @param folder usually `fixtures/requirements`
 * @throws Error of one line, `file: id: what is wrong`, at the first row that is not right
 */
export function loadCatalogue(folder: string): Catalogue {
  const schemaFile = join(folder, "..", "schemas", "requirements.schema.json");
  const files = attempt(folder, () => readdirSync(folder))
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  if (files.length === 0) throw new Error(`${folder}: no requirement files`);
  const rows: Requirement[] = [];
  const home = new Map<string, string>();
  for (const name of files) {
    const file = join(folder, name);
    for (const row of readRows(file, schemaFile)) {
      const other = home.get(row.id);
      if (other !== undefined) throw new Error(`${file}: ${row.id}: the id is used twice, also in ${other}`);
      home.set(row.id, file);
      rows.push(row);
    }
  }
  return catalogueOf(rows);
}

const validators = new Map<string, ValidateFunction>();

function rowsValidator(schemaFile: string): ValidateFunction {
  const known = validators.get(schemaFile);
  if (known) return known;
  const schema = attempt(schemaFile, () => JSON.parse(readFileSync(schemaFile, "utf8")));
  const made = attempt(schemaFile, () => new Ajv({ allErrors: false }).compile(schema));
  validators.set(schemaFile, made);
  return made;
}

function readRows(file: string, schemaFile: string): readonly Requirement[] {
  const text = attempt(file, () => readFileSync(file, "utf8"));
  const known = parsedBefore(text);
  if (known !== undefined) return known as readonly Requirement[];
  const validate = rowsValidator(schemaFile);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors[0];
  if (syntax) throw new Error(`${file}:${lines.linePos(syntax.pos[0]).line}: ${oneLine(syntax.message)}`);
  // an alias bomb or an unresolved alias shows here, not while parsing
  const rows: unknown = attempt(file, () => document.toJS());
  if (validate(rows)) {
    remember(text, rows);
    return rows as readonly Requirement[];
  }
  const error = validate.errors?.[0];
  throw new Error(`${file}: ${error ? describe(error, rows) : "does not fit the schema"}`);
}

/** `WS-FRM-001: level must be one of MUST, …`, or `row 4: …` where the row has no id. */
function describe(error: ErrorObject, rows: unknown): string {
  const [index, ...path] = error.instancePath.split("/").slice(1);
  if (index === undefined) return `the file ${complaint(error)}`;
  const row: unknown = Array.isArray(rows) ? rows[Number(index)] : undefined;
  const id = typeof row === "object" && row !== null && "id" in row ? String(row.id) : `row ${Number(index) + 1}`;
  return [`${id}:`, ...path, complaint(error)].join(" ");
}

function complaint(error: ErrorObject): string {
  const { params, message } = error;
  if (error.keyword === "enum") return `must be one of ${params.allowedValues.join(", ")}`;
  if (error.keyword === "additionalProperties") return `has an unknown field ${params.additionalProperty}`;
  if (error.keyword === "required") return `lacks the field ${params.missingProperty}`;
  return message ?? "does not fit the schema";
}

function attempt<T>(file: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new Error(`${file}: ${oneLine(error instanceof Error ? error.message : String(error))}`);
  }
}

function oneLine(text: string): string {
  return (text.split("\n")[0] ?? "").trim();
}
