/** Target files (PICS + PIXIT, design "Target file"): reading, defaults, and finding one by name. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { readCheckedYaml } from "./checked-yaml.ts";
import { complete, noClaims, plainAccess, type RawTargetFile } from "./complete.ts";
import { TargetFileError } from "./errors.ts";
import { nearMisses } from "./near-miss.ts";
import { packageFolder } from "./package-folder.ts";
import { type TargetFile, userNames } from "./types.ts";

/** A list entry of the reference's datastore that the suite may make and remove. */
const referenceEdit = {
  values: `<reference xmlns="urn:ncwspec:reference:config"><entry nc:operation="\${operation}"><name>\${key}</name><tag>one</tag><tag>two</tag></entry></reference>`,
  second: `<reference xmlns="urn:ncwspec:reference:config"><entry><name>\${key}</name><tag>two</tag></entry></reference>`,
  value: `<reference xmlns="urn:ncwspec:reference:config"><entry nc:operation="\${operation}"><name>\${key}</name><value>\${value}</value></entry></reference>`,
  node: `<reference xmlns="urn:ncwspec:reference:config"><entry nc:operation="\${operation}"><name>\${key}</name></entry></reference>`,
  filter: `<reference xmlns="urn:ncwspec:reference:config"><entry><name>\${key}</name></entry></reference>`,
};

/** What the reference keeps from `reader`. */
const hiddenNode = {
  name: "settings",
  filter: `<reference xmlns="urn:ncwspec:reference:config"><settings><label/></settings></reference>`,
};

/** The built-in reference server. */
export function referenceTarget(): TargetFile {
  const settings = {
    edit: referenceEdit,
    "foreign-origin": "http://evil.example",
    hooks: ["reset-log", "age-out", "restart", "cert-to-name"],
    "access-control": "nacm",
  };
  return {
    name: "reference",
    role: "server",
    reach: { builtIn: true },
    claims: { ...noClaims, dialects: ["rfc6455", "hybi-06", "hybi-00"], settings },
    access: {
      ...plainAccess,
      // Certificates and keys are made when it is started.
      users: Object.fromEntries(userNames.map((name) => [name, { username: name, headers: {} }])),
      hidden: { stream: "ncwspec", node: hiddenNode },
      triggers: { event: { emit: true }, guarded: { emit: { type: "guarded-event" } } },
    },
    folder: packageFolder(),
  };
}

/**
 * A target of which only the URL is known.
 * @throws TargetFileError when it is no ws:// or wss:// URL
 */
export function targetFromUrl(url: string): TargetFile {
  checkUrl(url, `"${url}"`);
  return { name: url, role: "server", reach: { url }, claims: noClaims, access: plainAccess, folder: process.cwd() };
}

/** The built-in reference client. */
export function referenceClientTarget(): TargetFile {
  return {
    name: "reference-client",
    role: "client",
    reach: { builtIn: true },
    claims: { ...noClaims, dialects: ["rfc6455", "hybi-06", "hybi-00"] },
    access: { ...plainAccess, triggers: {} },
    folder: packageFolder(),
  };
}

/** A client that is started by a command, in the working directory. @param command program and arguments */
export function clientTarget(command: readonly string[]): TargetFile {
  return {
    name: command.join(" "),
    role: "client",
    reach: { process: { command } },
    claims: noClaims,
    access: { ...plainAccess, triggers: {} },
    folder: process.cwd(),
  };
}

function checkUrl(text: string, place: string): void {
  const wrong = (what: string) =>
    new TargetFileError(`${place}: ${what}; write for example ws://127.0.0.1:8080/netconf`);
  if (!URL.canParse(text)) throw wrong("this is not a URL");
  const url = new URL(text);
  if (url.protocol !== "ws:" && url.protocol !== "wss:")
    throw wrong(`the scheme ${url.protocol}// is neither ws:// nor wss://`);
  if (url.hash !== "") throw wrong("a WebSocket URL has no fragment (RFC 6455 §3)");
  if (url.username !== "" || url.password !== "") throw wrong("a WebSocket URL has no user name; use access.headers");
}

/**
 * Reads a target file.
 * @throws TargetFileError with one line: file, place, what is wrong, what to write instead
 */
export function loadTargetFile(path: string): TargetFile {
  const missing = () => `name a target file, a ws:// URL or one of ${knownTargets().join(", ")}`;
  const { value, fail } = readCheckedYaml(path, "target", missing);
  const raw = value as RawTargetFile;
  if ("url" in raw.reach) checkUrl(raw.reach.url, `${path}: reach.url`);
  if (raw.role === "client" && ("container" in raw.reach || !("process" in raw.reach || "builtIn" in raw.reach)))
    fail(["reach"], "a client is reached by its command; write process: { command: [...] }");
  return complete(raw, dirname(resolve(path)), fail);
}

/** Names that {@link findTarget} knows: the built-in references and the folders of fixtures/targets. */
export function knownTargets(): string[] {
  const folder = join(packageFolder(), "fixtures", "targets");
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "target.yaml")))
    : [];
  return ["reference", "reference-client", ...names.sort()];
}

/**
 * The target that a word on the command line means: `reference`, `reference-client`, a ws:// or wss:// URL, a path (a folder
 * stands for its target.yaml), or a name in fixtures/targets.
 * @throws TargetFileError naming the known targets and near misses when it is none of these
 */
export function findTarget(word: string): TargetFile {
  if (word === "reference") return referenceTarget();
  if (word === "reference-client") return referenceClientTarget();
  if (word.includes("://")) return targetFromUrl(word);
  if (existsSync(word)) return loadTargetFile(statSync(word).isDirectory() ? join(word, "target.yaml") : word);
  const named = join(packageFolder(), "fixtures", "targets", word, "target.yaml");
  if (/^[\w.-]+$/.test(word) && existsSync(named)) return loadTargetFile(relative(process.cwd(), named));
  const near = nearMisses(word, knownTargets());
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}? ` : "";
  throw new TargetFileError(
    `"${word}" is no target: ${hint}Known: ${knownTargets().join(", ")}; or give a ws:// or wss:// URL, or the path of a target file`,
  );
}
