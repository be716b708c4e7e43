/** The image of a target, named after what goes into it: built once, used again until a file changes. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import type { Docker } from "./container-runtime.ts";
import { TargetUnavailable } from "./errors.ts";

/** What lies beside a Dockerfile and says something about the target, but is no part of its image. */
const descriptions = /^(target\.yaml|known\.yaml|.*\.md)$/;
const foreign = /^(\..*|node_modules)$/;
/** Lines of the build's output that an error shows. */
const kept = 5;

export interface BuildOptions {
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The files that the build may see, sorted: no hidden folders, no node_modules, no descriptions. */
export function contextFiles(folder: string, within = ""): string[] {
  return readdirSync(join(folder, within), { withFileTypes: true })
    .flatMap((entry) => {
      const path = within === "" ? entry.name : `${within}/${entry.name}`;
      if (entry.isDirectory()) return foreign.test(entry.name) ? [] : contextFiles(folder, path);
      return within === "" && descriptions.test(entry.name) ? [] : [path];
    })
    .sort();
}

/** `ncwspec/<folder>:<hash of the files>`. */
export function imageName(folder: string): string {
  const hash = createHash("sha256");
  for (const path of contextFiles(folder)) {
    const file = join(folder, path);
    const executable = (statSync(file).mode & 0o100) !== 0;
    const content = readFileSync(file);
    hash.update(`${path}\0${executable}\0${content.length}\0`).update(content);
  }
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `ncwspec/${name || "target"}:${hash.digest("hex").slice(0, 12)}`;
}

/**
 * The image of the Dockerfile in a folder, built when Docker does not have it.
 * @throws TargetUnavailable when it cannot be built
 */
export async function imageOf(target: string, folder: string, docker: Docker, options: BuildOptions): Promise<string> {
  const name = imageName(folder);
  const there = await docker
    .getImage(name)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  if (!there) await build(target, folder, name, docker, options);
  return name;
}

async function build(target: string, folder: string, name: string, docker: Docker, options: BuildOptions) {
  const { log, signal } = options;
  const last: string[] = [];
  const keep = (line: string): void => {
    log?.(line);
    last.push(line);
    if (last.length > kept) last.shift();
  };
  const failed = (why: string) =>
    new TargetUnavailable(`${target}: its image cannot be built: ${[...last, why].join(" | ")}${advice(last.at(-1))}`);
  const context = { context: folder, src: contextFiles(folder) };
  // What a build leaves half done is of no use to anybody, and Docker's own builder is there everywhere.
  const settings = { t: name, forcerm: true, version: "1" as const, ...(signal && { abortSignal: signal }) };
  const output = await docker.buildImage(context, settings).catch((error: Error) => {
    throw failed(oneLine(error.message));
  });
  for await (const line of createInterface({ input: output })) {
    const { stream, error } = JSON.parse(line) as { stream?: string; error?: string };
    if (error !== undefined) throw failed(oneLine(error));
    for (const part of stream?.split("\n") ?? []) if (part.trim() !== "") keep(part.trimEnd());
  }
}

/** It stopped where the base image is got: what Docker says of that differs with the fault of the network. */
function advice(last: string | undefined): string {
  if (last === undefined || !/^Step \d+\/\d+ : FROM /.test(last)) return "";
  return "; where no registry can be reached, fixtures/targets/base-image.sh makes debian:bookworm-slim";
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, " | ");
}
