import { randomBytes } from "node:crypto";
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { UsageError } from "../run/errors.ts";
import type { Results } from "../run/results.ts";
import { reasonOf } from "./read-results.ts";

/** Where reports go. All are optional; `out` gets a results file and a page besides the transcripts. */
export interface Outputs {
  readonly out?: string;
  readonly json?: string;
  readonly junit?: string;
  readonly allure?: string;
  readonly html?: string;
  readonly markdown?: string;
  readonly pcapng?: string;
}

export interface WriteOptions {
  readonly strict: boolean;
  readonly stale: readonly string[];
  /** Folder that transcript paths are below. */
  readonly transcripts: string | undefined;
}

/**
 * Makes the folders and tries every place, before anything is run for it.
 * @throws UsageError on the first place that cannot be written
 */
export function prepareOutputs(outputs: Outputs): void {
  const { out, allure, json, junit, html, markdown, pcapng } = outputs;
  for (const folder of [out, allure]) if (folder !== undefined) prepareFolder(folder);
  for (const file of [json, junit, html, markdown, pcapng]) if (file !== undefined) prepareFile(file);
}

function prepareFolder(folder: string): void {
  attempt(folder, () => {
    makeFolder(resolve(folder));
    const probe = join(folder, `.probe-${randomBytes(6).toString("hex")}`);
    closeSync(openSync(probe, "wx"));
    rmSync(probe);
  });
}

/** Not `mkdir` with `recursive`: below /proc that one never returns (Node 20). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

function prepareFile(file: string): void {
  attempt(file, () => {
    makeFolder(dirname(resolve(file)));
    const isNew = !existsSync(file);
    closeSync(openSync(file, "a"));
    if (isNew) rmSync(file);
  });
}

/** @throws UsageError when the place cannot be written */
export function attempt(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/**
 * Writes the reports that were asked for.
 * @returns their paths, for the console
 * @throws UsageError when a place cannot be written any more
 */
export async function writeOutputs(results: Results, outputs: Outputs, options: WriteOptions): Promise<string[]> {
  const { out } = outputs;
  const inOut = (name: string) => (out === undefined ? [] : [join(out, name)]);
  const written: string[] = [];
  const write = (file: string, text: string) => {
    attempt(file, () => writeFileSync(file, text));
    written.push(file);
  };
  const given = (file: string | undefined) => (file === undefined ? [] : [file]);
  const unlike = (files: string[]) => [...new Map(files.map((file) => [resolve(file), file])).values()];

  const { json } = await import("../../reports/json.ts");
  for (const file of unlike([...inOut("results.json"), ...given(outputs.json)])) write(file, json(results));
  const pages = unlike([...inOut("report.html"), ...given(outputs.html)]);
  if (pages.length > 0) {
    const { html } = await import("../../reports/html.ts");
    for (const file of pages)
      write(file, html(results, { ...options, transcripts: prefix(file, options.transcripts) }));
  }
  if (outputs.junit !== undefined) {
    const { junit } = await import("../../reports/junit.ts");
    write(outputs.junit, junit(results, options));
  }
  if (outputs.markdown !== undefined) {
    const { markdown } = await import("../../reports/markdown.ts");
    write(outputs.markdown, markdown(results, options));
  }
  if (outputs.allure !== undefined) written.push(await writeAllure(results, outputs.allure, options));
  return written;
}

async function writeAllure(results: Results, folder: string, options: WriteOptions): Promise<string> {
  const { allure } = await import("../../reports/allure.ts");
  attempt(folder, () => {
    for (const { name, content } of allure(results, options)) {
      if ("text" in content) writeFileSync(join(folder, name), content.text);
      // A transcript may be gone when an old results file is rendered; the result stands without it.
      else copyTranscript(join(options.transcripts ?? ".", content.transcript), join(folder, name));
    }
  });
  return folder;
}

function copyTranscript(from: string, to: string): void {
  if (existsSync(from)) copyFileSync(from, to);
}

/** What leads from the folder of a page to the transcripts: "" or a relative URL path that ends with `/`. */
function prefix(page: string, transcripts: string | undefined): string {
  const way = relative(dirname(resolve(page)), resolve(transcripts ?? dirname(page)));
  return way === "" ? "" : `${way.split(sep).join("/")}/`;
}
