/** YAML files that people write: read, held to their JSON Schema, with line and column in every complaint. */
import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import type { Fail } from "./complete.ts";
import { TargetFileError } from "./errors.ts";
import { type FileSchema, firstFault } from "./schema.ts";

export interface CheckedYaml {
  /** What the file says; it fits the schema. */
  readonly value: unknown;
  /** Complains about a place of the file. */
  readonly fail: Fail;
}

/**
 * @param missing what to do where there is no such file
 * @throws TargetFileError with one line: file, place, what is wrong, what to write instead
 */
export function readCheckedYaml(path: string, schema: FileSchema, missing: () => string): CheckedYaml {
  const lines = new LineCounter();
  const document = parseDocument(readText(path, missing), { lineCounter: lines, prettyErrors: false });
  const complain = (offset: number | undefined, keys: readonly string[], message: string): never => {
    const at = offset === undefined ? "" : `:${lines.linePos(offset).line}:${lines.linePos(offset).col}`;
    throw new TargetFileError(`${path}${at}: ${keys.length > 0 ? `${keys.join(".")}: ` : ""}${message}`);
  };
  const [error] = document.errors;
  if (error) return complain(error.pos[0], [], `this is not YAML: ${error.message.split("\n")[0]}`);
  const value: unknown = document.toJS();
  const offsetOf = (keys: readonly string[]) => {
    const node = document.getIn(keys, true) as { range?: readonly number[] } | undefined;
    return node?.range?.[0];
  };
  const fault = firstFault(value, schema);
  if (fault) complain(offsetOf(fault.path) ?? offsetOf(fault.path.slice(0, -1)), fault.path, fault.message);
  return { value, fail: (keys, message) => complain(offsetOf(keys), keys, message) };
}

function readText(path: string, missing: () => string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message;
    throw new TargetFileError(`${path}: ${reason}; ${missing()}`);
  }
}
