/** Which ways of starting a target this machine offers. */
import { containerRuntime } from "./container-runtime.ts";
import { TargetFileError, TargetUnavailable } from "./errors.ts";
import { missingRequirements } from "./process.ts";
import type { Startable, TargetFile } from "./types.ts";
import { type Way, ways } from "./way.ts";

/** The ways that a target offers, and why each cannot be gone on this machine; undefined where it can. */
export type Obstacles = Partial<Record<Way, string | undefined>>;

/** @returns undefined for a target that is not started: one with a URL, the built-in reference */
export async function obstaclesOf(file: TargetFile): Promise<Obstacles | undefined> {
  const { reach } = file;
  if ("url" in reach || "builtIn" in reach) return undefined;
  const offered = ways.filter((way) => reach[way] !== undefined);
  return Object.fromEntries(await Promise.all(offered.map(async (way) => [way, await obstacle(file, reach, way)])));
}

function obstacle(file: TargetFile, reach: Startable, way: Way): Promise<string | undefined> {
  if (way === "process") return missingRequirements(file, reach);
  return containerRuntime().then(
    () => undefined,
    ({ message }: Error) => message,
  );
}

/**
 * The way that a target is started: the one that is asked for, else the first that can be gone here.
 * @throws TargetFileError when the target does not offer the one that is asked for
 * @throws TargetUnavailable when it can be gone here by no way, with the reasons
 */
export async function chooseWay(file: TargetFile, reach: Startable, asked: Way | undefined): Promise<Way> {
  const offered = ways.filter((way) => reach[way] !== undefined);
  if (asked !== undefined && !offered.includes(asked)) throw notOffered(file, asked);
  const reasons: string[] = [];
  for (const way of asked === undefined ? offered : [asked]) {
    const why = await obstacle(file, reach, way);
    if (why === undefined) return way;
    reasons.push(`${way}: ${why}`);
  }
  throw new TargetUnavailable(`${file.name}: not available here: ${reasons.join("; ")}`);
}

/** @throws TargetFileError when a way is asked for that the target does not offer */
export function checkWay(file: TargetFile, asked: Way): void {
  const { reach } = file;
  if ("url" in reach || "builtIn" in reach || reach[asked] === undefined) throw notOffered(file, asked);
}

function notOffered(file: TargetFile, asked: Way): TargetFileError {
  const { reach } = file;
  const offered = "url" in reach ? "a URL" : "builtIn" in reach ? "the built-in one" : Object.keys(reach).join(" and ");
  return new TargetFileError(`${file.name}: it cannot be reached as a ${asked}; its target file offers ${offered}`);
}
