/** The matrix file: who meets whom, in which dialects, and what each pair does. */
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Role } from "../judge/types.ts";
import { readCheckedYaml } from "../target/checked-yaml.ts";
import { findTarget, type TargetFile, TargetFileError } from "../target/index.ts";
import { nearMisses } from "../target/near-miss.ts";
import { dialectNames } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";
import type { Activity } from "./activities.ts";
import { SUITE } from "./results.ts";

/** One entry under servers or clients. */
export interface Listed {
  readonly name: string;
  readonly role: Role;
  /** The word that names it on a command line. */
  readonly word?: string;
  /** Absent for one that is only listed. */
  readonly target?: TargetFile;
  /** What is tried with it: what it claims, or what the entry says; absent: every dialect. */
  readonly dialects?: readonly DialectName[];
  /** Why it cannot be had at all. */
  readonly unavailable?: string;
}

export interface KnownCell {
  /** Pattern of cell ids. */
  readonly cell: string;
  readonly reason: string;
  readonly sometimes: boolean;
}

export interface MatrixFile {
  readonly path: string;
  readonly title: string;
  readonly dialects: readonly DialectName[];
  readonly servers: readonly Listed[];
  readonly clients: readonly Listed[];
  readonly activities: readonly Activity[];
  /** Areas of the suite that judge each server and each client: `all`, some, or absent for none. */
  readonly suites: { readonly server?: Areas; readonly client?: Areas };
  readonly known: readonly KnownCell[];
}

export type Areas = "all" | readonly string[];

type RawPeer =
  | string
  | {
      readonly target?: string;
      readonly name?: string;
      readonly dialects?: DialectName[];
      readonly unavailable?: string;
    };

interface RawMatrixFile {
  readonly title?: string;
  readonly dialects?: readonly DialectName[];
  readonly servers: readonly RawPeer[];
  readonly clients: readonly RawPeer[];
  readonly activities?: readonly string[];
  readonly suites?: boolean | { readonly server?: readonly string[]; readonly client?: readonly string[] };
  readonly known?: readonly { readonly cell: string; readonly reason: string; readonly sometimes?: boolean }[];
}

/**
 * Reads a matrix file and the target files that it names.
 * @param activities those there are; the file may choose among them
 * @throws TargetFileError with one line: file, place, what is wrong, what to write instead
 */
export function loadMatrixFile(path: string, activities: readonly Activity[]): MatrixFile {
  const { value, fail } = readCheckedYaml(
    path,
    "matrix-file",
    () => "name a matrix file, as fixtures/matrix.yaml is one",
  );
  const raw = value as RawMatrixFile;
  const peers = (key: "servers" | "clients", role: Role): Listed[] => {
    const names = new Set<string>([SUITE]);
    return raw[key].map((entry, index) => {
      const complain = (message: string): never => fail([key, String(index)], message);
      const listed = listedOf(entry, role, dirname(resolve(path)), complain);
      if (names.has(listed.name)) complain(`the name ${listed.name} is taken; give it another with name`);
      names.add(listed.name);
      return listed;
    });
  };
  return {
    path,
    title: raw.title ?? "Interop matrix",
    dialects: dialectNames.filter((name) => raw.dialects?.includes(name) ?? true),
    servers: peers("servers", "server"),
    clients: peers("clients", "client"),
    activities: chosen(raw.activities, activities, (index, message) => fail(["activities", String(index)], message)),
    suites: suitesOf(raw.suites ?? false),
    known: (raw.known ?? []).map((entry) => ({ sometimes: false, ...entry })),
  };
}

function listedOf(entry: RawPeer, role: Role, folder: string, complain: (message: string) => never): Listed {
  const raw = typeof entry === "string" ? { target: entry } : entry;
  if (raw.target === undefined) {
    if (raw.name === undefined) return complain("it has neither target nor name");
    if (raw.unavailable === undefined) return complain("it has no target; say in unavailable why it cannot be had");
    return { name: raw.name, role, unavailable: raw.unavailable, ...(raw.dialects && { dialects: raw.dialects }) };
  }
  const word = wordFrom(raw.target, folder);
  const target = targetOf(word, complain);
  if (target.role !== role) return complain(`${raw.target} is a ${target.role}; list it under ${target.role}s`);
  const dialects = raw.dialects ?? target.claims.dialects;
  return {
    name: raw.name ?? (isName(raw.target) ? raw.target : nameOf(target)),
    role,
    word,
    target,
    ...(dialects && { dialects }),
    ...(raw.unavailable !== undefined && { unavailable: raw.unavailable }),
  };
}

const isName = (word: string): boolean => /^[\w.-]+$/.test(word) && !/\.ya?ml$/.test(word);

/** The characters that tell the parts of a cell's id apart are in no name. */
function nameOf({ name }: TargetFile): string {
  return name.replaceAll(/[×@*]/gu, "-");
}

/** A path of the matrix file is relative to its folder. */
function wordFrom(word: string, folder: string): string {
  if (word.includes("://") || isName(word)) return word;
  return relative(process.cwd(), join(folder, word)) || ".";
}

function targetOf(word: string, complain: (message: string) => never): TargetFile {
  try {
    return findTarget(word);
  } catch (error) {
    if (!(error instanceof TargetFileError) || existsSync(word)) throw error;
    return complain(error.message);
  }
}

function chosen(
  names: readonly string[] | undefined,
  all: readonly Activity[],
  complain: (index: number, message: string) => never,
): readonly Activity[] {
  if (names === undefined) return all;
  return names.map((name, index) => {
    const ids = all.map(({ id }) => id);
    const near = nearMisses(name, ids);
    const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `there are ${ids.join(", ")}`;
    return all.find(({ id }) => id === name) ?? complain(index, `there is no activity "${name}"; ${hint}`);
  });
}

function suitesOf(raw: NonNullable<RawMatrixFile["suites"]>): MatrixFile["suites"] {
  if (raw === true) return { server: "all", client: "all" };
  return raw === false ? {} : raw;
}
