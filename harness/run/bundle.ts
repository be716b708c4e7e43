/** Run by the build: parses and checks every fixture once and keeps the result beside the built files. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { digestOf } from "../fixture/parsed.ts";
import { loadMutants } from "../mutant/load.ts";
import { fixturesFolder, packageRoot } from "./package-root.ts";
import { makePlan } from "./plan.ts";

const file = path.join(packageRoot(), "dist", "fixtures.json");
rmSync(file, { force: true });
makePlan({});
loadMutants(path.join(fixturesFolder(), "mutants"));
const entries = ["requirements", "scenarios", "mutants"].flatMap((area) => {
  const folder = path.join(fixturesFolder(), area);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml"));
  return names.map((name) => readFileSync(path.join(folder, name), "utf8"));
});
writeFileSync(
  file,
  JSON.stringify(Object.fromEntries(entries.map((text) => [digestOf(text), parse(text, { merge: true })]))),
);
