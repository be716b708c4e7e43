import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { UsageError } from "../run/errors.ts";
import { fixturesFolder } from "../run/package-root.ts";
import type { Results } from "../run/results.ts";

/**
 * Reads a results file.
 * @throws UsageError in one line when it cannot be read or is no `ncwspec-results/1`
 */
export function readResults(file: string): Results {
  const value = parse(file, read(file));
  const validate = validator();
  if (validate(value)) return value as Results;
  const [fault] = validate.errors ?? [];
  const place = fault?.instancePath ? `${fault.instancePath}: ` : "";
  throw new UsageError(`${file} is no results file (ncwspec-results/1): ${place}${fault?.message ?? "not valid"}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file}: ${reasonOf(error)}`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is no JSON`);
  }
}

function validator() {
  const ajv = new Ajv2020();
  formats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(join(fixturesFolder(), "schemas", "results.schema.json"), "utf8")));
}

/** What the file system said, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const words: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of the path is no folder",
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
    EEXIST: "it is no folder",
    ENAMETOOLONG: "the name is too long",
  };
  return words[code ?? ""] ?? message;
}
