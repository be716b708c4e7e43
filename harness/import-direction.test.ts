/**
 * Imports point one way (CONTRIBUTING.md, "Where things live"). Two tables hold it: which folder may
 * import which, and which packages belong to one side only, so that the judge and the reference peers
 * share no parser. Every form of import counts, `import type` included. Test files are free: a test
 * may look at any part.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Row {
  /** Folders, or single files, that may be imported. */
  readonly may: readonly string[];
  /** Folders of which only types may be imported. */
  readonly types?: readonly string[];
}

const everything = ["harness", "reports", "suites"];

const folders: Readonly<Record<string, Row>> = {
  "harness/wire": { may: [] },
  "harness/netconf": { may: [] },
  "harness/fixture": { may: [] },
  "harness/tls": { may: [] },
  "harness/judge": { may: ["harness/wire", "harness/netconf", "harness/fixture"] },
  "harness/session": { may: ["harness/wire", "harness/netconf", "harness/tls"], types: ["harness/judge"] },
  "harness/observe": { may: ["harness/session", "harness/judge", "harness/wire"] },
  "harness/capture": { may: ["harness/judge", "harness/wire"] },
  "harness/reference": { may: ["harness/wire/index.ts", "harness/wire/types.ts", "harness/netconf/libxml2.ts"] },
  "harness/target": {
    may: ["harness/wire", "harness/netconf", "harness/tls", "harness/reference"],
    types: ["harness/judge"],
  },
  "harness/mutant": {
    may: ["harness/wire", "harness/netconf", "harness/fixture", "harness/tls"],
    types: ["harness/judge"],
  },
  "harness/scenario": {
    may: ["harness/session", "harness/target", "harness/wire", "harness/netconf", "harness/fixture", "harness/tls"],
    types: ["harness/judge"],
  },
  "harness/run": {
    may: [
      "scenario",
      "session",
      "target",
      "judge",
      "mutant",
      "observe",
      "capture",
      "wire",
      "netconf",
      "fixture",
      "tls",
    ].map((name) => `harness/${name}`),
  },
  "harness/matrix": {
    may: ["run", "capture", "observe", "scenario", "session", "target", "judge", "wire", "netconf", "fixture"].map(
      (name) => `harness/${name}`,
    ),
  },
  "harness/serve": { may: ["run", "scenario", "session", "target", "wire"].map((name) => `harness/${name}`) },
  "harness/bench": { may: ["harness/run", "harness/target", "harness/wire"] },
  reports: {
    may: ["harness/run/results.ts", "harness/matrix/results.ts", "harness/judge/types.ts", "harness/wire/types.ts"],
  },
  suites: { may: ["harness/run", "reports"] },
  "harness/cli": { may: everything },
};

const packages: Readonly<Record<string, readonly string[]>> = {
  ws: ["harness/reference", "harness/bench"],
  "websocket-driver": ["harness/reference", "harness/bench"],
  // The reference reads XML with it; the judge reads XML with saxes and takes only its XPath and XML Schema.
  "libxml2-wasm": [
    "harness/reference",
    "harness/netconf/libxml2.ts",
    "harness/netconf/xpath.ts",
    "harness/netconf/xsd.ts",
  ],
  saxes: ["harness/netconf", "harness/judge"],
  commander: ["harness/cli"],
};

/** What a pure folder cannot need. */
const impure = /^node:(net|tls|http|https|http2|dgram|dns|child_process|worker_threads|cluster|timers|perf_hooks)\b/;
const pure = ["harness/wire", "harness/netconf", "harness/judge"];
/** Functions of those modules that are pure all the same. */
const harmless = /import \{ (isIP(v4|v6)?(, )?)+ \} from "node:net";/g;

/** Where a module may be imported by a computed name: testcontainers, which users need not have. */
const computed = ["harness/target/container-runtime.ts"];

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/**
 * The imports of a module. A relative path to a `.ts` file in quotes counts wherever it stands, so
 * `import type`, `export … from`, `import()`, `typeof import()` and workers are all seen.
 */
function importsOf(source: string): Import[] {
  const found: Import[] = [];
  for (const match of source.matchAll(/["'`](\.{1,2}\/[^"'`\n]*\.ts)["'`]/g)) {
    const statement = source.slice(source.lastIndexOf(";", match.index) + 1, match.index);
    const typeOnly = /\b(import|export)\s+type\b[^"'`]*\bfrom\s*$/.test(statement);
    found.push({ specifier: match[1] ?? "", typeOnly });
  }
  for (const match of source
    .replace(harmless, "")
    .matchAll(/\b(?:from|import|require)\s*\(?\s*["'`]([^."'`\n][^"'`\n]*)["'`]/g))
    found.push({ specifier: match[1] ?? "", typeOnly: false });
  for (const match of source.matchAll(/\bimport\s*\(\s*(?!["'\s])[^)]*/g))
    found.push({ specifier: match[0], typeOnly: false });
  return found;
}

const within = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

/** What is wrong with one import of `file`; undefined when nothing is. Paths are relative to the project. */
function breach(file: string, { specifier, typeOnly }: Import): string | undefined {
  const folder = Object.keys(folders).find((name) => within(file, name));
  const row = folder === undefined ? undefined : folders[folder];
  if (folder === undefined || row === undefined) return `${file} lies in a folder that has no row in the table`;
  if (specifier.startsWith("import") && computed.includes(file)) return undefined;
  if (specifier.startsWith("import")) return `${file}: ${specifier.trim()}…) is computed and cannot be checked`;
  if (!specifier.startsWith(".")) {
    const owner = Object.keys(packages).find((name) => within(specifier, name));
    const misplaced = owner !== undefined && !packages[owner]?.some((place) => within(file, place));
    const unfit = pure.includes(folder) && impure.test(specifier);
    return misplaced || unfit ? `${file} imports ${specifier}, which does not belong into ${folder}` : undefined;
  }
  const target = posix.normalize(posix.join(posix.dirname(file), specifier));
  if (within(target, folder) || row.may.some((place) => within(target, place))) return undefined;
  const asType = row.types?.some((place) => within(target, place)) ?? false;
  if (asType && typeOnly) return undefined;
  return `${file} imports ${target}${asType ? " by value; only its types are free to it" : ""}`;
}

const files = everything
  .flatMap((top) => readdirSync(join(root, top), { recursive: true, encoding: "utf8" }).map((file) => join(top, file)))
  .map((file) => file.split(sep).join("/"))
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));

test("imports point one way", () => {
  expect(files).toContain("harness/wire/types.ts");
  const breaches = files.flatMap((file) =>
    importsOf(readFileSync(join(root, file), "utf8")).map((found) => breach(file, found)),
  );
  expect(breaches.filter((found) => found !== undefined)).toEqual([]);
});

describe("the rule itself", () => {
  test.each([
    ["harness/wire/a.ts", 'import { x } from "../judge/b.ts";'],
    ["harness/wire/a.ts", 'import type { X } from "../netconf/types.ts";'],
    ["harness/wire/a.ts", 'export * from "../netconf/b.ts";'],
    ["harness/wire/a.ts", 'const x = await import("../netconf/b.ts");'],
    ["harness/wire/a.ts", 'type X = import("../netconf/b.ts").X;'],
    ["harness/wire/a.ts", "import type {\n  X,\n} from '../netconf/b.ts';"],
    ["harness/wire/a.ts", 'new Worker(new URL("../run/w.ts", import.meta.url));'],
    ["harness/wire/a.ts", "await import(`../$" + "{name}.ts`);"],
    ["harness/wire/a.ts", "await import(name);"],
    ["harness/wire/a.ts", 'import net from "node:net";'],
    ["harness/netconf/a.ts", 'import { setTimeout } from "node:timers/promises";'],
    ["harness/judge/a.ts", 'import type { T } from "../session/b.ts";'],
    ["harness/scenario/a.ts", 'import type { A } from "../wire/b.ts";\nimport { check } from "../judge/check.ts";'],
    ["harness/scenario/a.ts", 'import { type Finding } from "../judge/types.ts";'],
    ["harness/reference/a.ts", 'import { hybi06 } from "../wire/hybi-06.ts";'],
    ["harness/reference/a.ts", 'import { SaxesParser } from "saxes";'],
    ["harness/reference/a.ts", 'import type { XmlElement } from "../netconf/types.ts";'],
    ["harness/session/a.ts", 'import { WebSocket } from "ws";'],
    ["harness/netconf/a.ts", 'import { XmlDocument } from "libxml2-wasm";'],
    ["reports/a.ts", 'import type { Plan } from "../harness/run/plan.ts";'],
    ["harness/run/a.ts", 'import { junit } from "../../reports/junit.ts";'],
    ["harness/stray.ts", 'import "./wire/index.ts";'],
  ])("%s may not: %s", (file, source) => {
    expect(importsOf(source).some((found) => breach(file, found) !== undefined)).toBe(true);
  });

  test.each([
    ["harness/wire/a.ts", 'import { createHash } from "node:crypto";\nimport { x } from "./frame.ts";'],
    ["harness/judge/a.ts", 'import { isIP } from "node:net";'],
    ["harness/scenario/a.ts", 'import type { Finding } from "../judge/types.ts";'],
    ["harness/reference/a.ts", 'import { WebSocketServer } from "ws";\nimport { dialects } from "../wire/index.ts";'],
    ["reports/a.ts", 'import type { Results } from "../harness/run/results.ts";'],
    ["harness/cli/a.ts", 'import { junit } from "../../reports/junit.ts";\nimport { run } from "../run/index.ts";'],
  ])("%s may: %s", (file, source) => {
    expect(importsOf(source).map((found) => breach(file, found))).toEqual(importsOf(source).map(() => undefined));
  });
});
