import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import type { Finding } from "../judge/types.ts";
import { UsageError } from "./errors.ts";
import { caseMatcher } from "./pattern.ts";
import type { CaseResult, Results } from "./results.ts";

/** One row of a known-failures file: a case, a requirement, or a requirement within a case. */
export interface KnownEntry {
  /** Case id or glob, see {@link caseMatcher}. */
  readonly case?: string;
  readonly requirement?: string;
  readonly reason: string;
  readonly issue?: string;
  readonly since?: string;
  /** Fails in some runs only, as a race does: never stale. */
  readonly sometimes?: boolean;
}

export interface KnownFailures {
  readonly file: string;
  readonly entries: readonly KnownEntry[];
}

const FIELDS = ["case", "requirement", "reason", "issue", "since"];

/**
 * Reads a known-failures file: a YAML list of entries.
 * @throws UsageError when it cannot be read, is no such list, or an entry lacks a reason
 */
export function loadKnown(path: string): KnownFailures {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`known failures ${path}: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
  const document = parseDocument(text);
  const fault = document.errors[0];
  if (fault) throw new UsageError(`known failures ${path}: ${fault.message.split("\n")[0]}`);
  const rows: unknown = document.toJS() ?? [];
  if (!Array.isArray(rows)) throw new UsageError(`known failures ${path}: a list of entries is wanted`);
  const entries = rows.map((row, index) => readEntry(row, `known failures ${path}, entry ${index + 1}`));
  return { file: path, entries };
}

function readEntry(row: unknown, where: string): KnownEntry {
  if (row === null || typeof row !== "object" || Array.isArray(row)) throw new UsageError(`${where}: no mapping`);
  const fields: Record<string, string> = {};
  const { sometimes, ...texts } = row as Record<string, unknown>;
  if (typeof (sometimes ?? true) !== "boolean") throw new UsageError(`${where}: sometimes must be true or false`);
  for (const [name, value] of Object.entries(texts)) {
    if (!FIELDS.includes(name))
      throw new UsageError(`${where}: unknown field '${name}' (${[...FIELDS, "sometimes"].join(", ")})`);
    if (value === null) continue;
    if (typeof value !== "string" && typeof value !== "number") throw new UsageError(`${where}: ${name} must be text`);
    fields[name] = String(value).trim();
  }
  if (!fields.case && !fields.requirement) throw new UsageError(`${where}: names neither a case nor a requirement`);
  if (!fields.reason) throw new UsageError(`${where}: the reason is missing`);
  return { ...(fields as unknown as KnownEntry), ...(sometimes === true && { sometimes }) };
}

/** How messages and reports call an entry. */
export function nameOf(entry: KnownEntry): string {
  return [entry.case, entry.requirement].filter((part) => part !== undefined).join(" ");
}

/**
 * Refuses entries that can match nothing.
 * @param cases ids of all cases there are, not only of those selected
 * @param requirements ids of the whole catalogue
 * @throws UsageError naming every such entry
 */
export function checkKnown(known: KnownFailures, cases: readonly string[], requirements: readonly string[]): void {
  const dead = known.entries.filter((entry) => {
    if (entry.requirement !== undefined && !requirements.includes(entry.requirement)) return true;
    return entry.case !== undefined && !cases.some(caseMatcher(entry.case));
  });
  if (dead.length === 0) return;
  throw new UsageError(`known failures ${known.file}: matches nothing: ${dead.map(nameOf).join(", ")}`);
}

/**
 * Marks the cases that are listed, and finds the entries that no longer fail. An entry for a requirement
 * marks a case only when every finding that decides its verdict is listed, so that a known failure
 * never hides a new one. Applying it again changes nothing.
 * @returns `stale`: names of entries of which some case passed and none has a finding, is `inconc` or `error`;
 *   one that fails only sometimes is never among them
 */
export function applyKnown(results: Results, known: KnownFailures): { results: Results; stale: string[] } {
  const entries = known.entries.map((entry) => ({ entry, matches: matcherOf(entry) }));
  const cases = results.cases.map((result) => {
    const { known: _, ...bare } = result;
    const listed = entries.filter(({ matches }) => matches(result.id)).map(({ entry }) => entry);
    const known = excuseOf(result, listed);
    return known ? { ...bare, known } : bare;
  });
  const stale = entries.filter(({ entry, matches }) => {
    if (entry.sometimes) return false;
    const touched = results.cases.filter((result) => matches(result.id) && concerns(entry, result));
    if (touched.some((result) => stillFails(entry, result))) return false;
    return touched.some(({ verdict }) => verdict === "pass" || verdict === "warn");
  });
  return { results: { ...results, cases }, stale: stale.map(({ entry }) => nameOf(entry)) };
}

function matcherOf(entry: KnownEntry): (id: string) => boolean {
  return entry.case === undefined ? () => true : caseMatcher(entry.case);
}

function excuseOf(result: CaseResult, entries: readonly KnownEntry[]): CaseResult["known"] {
  const whole = entries.find((entry) => entry.requirement === undefined);
  if (whole) return excuse(whole);
  if (result.verdict !== "fail" && result.verdict !== "warn") return undefined;
  const deciding = result.findings.filter((finding) => result.verdict === "warn" || isMust(finding));
  const listed = deciding.map((finding) => entries.find((entry) => entry.requirement === finding.requirement));
  const first = listed[0];
  return first && listed.every((entry) => entry !== undefined) ? excuse(first) : undefined;
}

function excuse({ reason, issue, since }: KnownEntry): NonNullable<CaseResult["known"]> {
  return { reason, ...(issue !== undefined && { issue }), ...(since !== undefined && { since }) };
}

function isMust(finding: Finding): boolean {
  return finding.level === "MUST" || finding.level === "MUST NOT";
}

function concerns(entry: KnownEntry, result: CaseResult): boolean {
  if (entry.requirement === undefined) return true;
  return result.requirements.includes(entry.requirement) || stillFails(entry, result);
}

function stillFails(entry: KnownEntry, result: CaseResult): boolean {
  if (result.verdict === "inconc" || result.verdict === "error") return true;
  if (entry.requirement === undefined) return result.verdict === "fail" || result.verdict === "warn";
  return result.findings.some((finding) => finding.requirement === entry.requirement);
}
