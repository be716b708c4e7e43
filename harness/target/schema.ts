/** Files that people write (targets, matrices) against their JSON Schemas, with messages that say what to write instead. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { nearMisses } from "./near-miss.ts";
import { packageFolder } from "./package-folder.ts";
import { duration, size } from "./quantity.ts";

/** One thing that is wrong: where (keys from the root) and what, in words. */
export interface Fault {
  readonly path: readonly string[];
  readonly message: string;
}

/** A schema of fixtures/schemas for a file that people write. */
export type FileSchema = "target" | "matrix-file";

const compiled = new Map<FileSchema, ValidateFunction>();

function validator(schema: FileSchema): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  const ajv = new Ajv({ verbose: true, allowUnionTypes: true });
  ajv.addFormat("duration-with-unit", (text: string) => duration(text) !== undefined);
  ajv.addFormat("size", (text: string) => size(text) !== undefined);
  const path = join(packageFolder(), "fixtures", "schemas", `${schema}.schema.json`);
  const made = ajv.compile(JSON.parse(readFileSync(path, "utf8")) as object);
  compiled.set(schema, made);
  return made;
}

/** The first fault of a parsed file, or undefined when it fits the schema. */
export function firstFault(value: unknown, schema: FileSchema = "target"): Fault | undefined {
  const validate = validator(schema);
  if (validate(value)) return undefined;
  const error = (validate.errors ?? []).find(({ keyword }) => keyword !== "if");
  if (error === undefined) return { path: [], message: `does not fit fixtures/schemas/${schema}.schema.json` };
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  return { path: [...path, ...lastKey(error)], message: describe(error, schema) };
}

/** The key that is itself wrong, so that the place points at it and not at what surrounds it. */
function lastKey(error: ErrorObject): string[] {
  return error.keyword === "additionalProperties" ? [String(error.params["additionalProperty"])] : [];
}

function describe(error: ErrorObject, file: FileSchema): string {
  const schema = error.parentSchema as Schema;
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(String(error.params["additionalProperty"]), Object.keys(schema.properties ?? {}));
    case "required": {
      const key = String(error.params["missingProperty"]);
      return `the key "${key}" is missing; ${advice(file, schema.properties?.[key], key)}`;
    }
    case "enum":
      return `${shown(error.data)} is not known here; write one of ${(schema.enum ?? []).join(", ")}`;
    case "const":
      return `${shown(error.data)} is not allowed; write true`;
    case "type":
      return `${shown(error.data)} is not ${article(schema.type)}; ${advice(file, schema)}`;
    default:
      return `${shown(error.data)} ${error.message ?? "is wrong"}; ${advice(file, schema)}`.replace(
        words,
        (text) => plain[text] ?? text,
      );
  }
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly enum?: readonly string[];
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

const plain: Readonly<Record<string, string>> = {
  'must match format "duration-with-unit"': "is no duration",
  'must match format "size"': "is no size",
  "must NOT have more than 1 properties": "has more than one key",
  "must NOT have fewer than 1 properties": "has no key",
};
const words = /must match format "[a-z-]+"|must NOT have \w+ than 1 properties/g;

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearMisses(key, known);
  const hint = near.length > 0 ? `did you mean "${near.join('" or "')}"?` : `the keys here are ${known.join(", ")}`;
  return `the key "${key}" is not known here; ${hint}`;
}

function advice(file: FileSchema, schema: Schema | undefined, key?: string): string {
  const example = schema?.examples?.[0];
  const line = key === undefined || String(example).includes(": ") ? `${example}` : `${key}: ${example}`;
  const write = example === undefined ? `see fixtures/schemas/${file}.schema.json` : `write for example ${line}`;
  const description = schema?.description?.replace(/\.$/, "");
  return description === undefined ? write : `${description}; ${write}`;
}

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  integer: "a whole number",
  array: "a list",
  object: "a mapping",
  null: "null",
};

function article(type: string | readonly string[] | undefined): string {
  const names = typeof type === "string" ? [type] : (type ?? []);
  return names.map((name) => kinds[name] ?? name).join(" or ");
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
