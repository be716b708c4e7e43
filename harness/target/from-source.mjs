/**
 * Lets Node 20 run the TypeScript sources (`node --import <this file> main.ts`): the project's own tests
 * start the engine this way, so that they never judge an outdated build. Not part of the build.
 */
import { readFile } from "node:fs/promises";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

if (isMainThread) nodeModule.register(import.meta.url);

let strip;

/** Node's own type stripping where it exists (22.13), else the transformer that vitest brings along. */
async function stripper() {
  if (nodeModule.stripTypeScriptTypes) return (source) => nodeModule.stripTypeScriptTypes(source);
  const here = nodeModule.createRequire(import.meta.url);
  const vitest = nodeModule.createRequire(here.resolve("vitest/package.json"));
  const vite = nodeModule.createRequire(vitest.resolve("vite/package.json"));
  const { transformSync } = await import(vite.resolve("rolldown/utils"));
  return (source, path) => transformSync(path, source).code;
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  strip ??= await stripper();
  const path = fileURLToPath(url);
  return { format: "module", shortCircuit: true, source: strip(await readFile(path, "utf8"), path) };
}
