/** Capabilities of a hello (RFC 6241 §8). */
import { trimXml } from "./tree.ts";

const base = "urn:ietf:params:netconf:base:";
const standard = "urn:ietf:params:netconf:capability:";

export type BaseVersion = "1.0" | "1.1";

/** URIs as they go on the wire, by the short names of prose. */
export const CAPABILITY = {
  base10: `${base}1.0`,
  base11: `${base}1.1`,
  writableRunning: `${standard}writable-running:1.0`,
  candidate: `${standard}candidate:1.0`,
  confirmedCommit10: `${standard}confirmed-commit:1.0`,
  confirmedCommit11: `${standard}confirmed-commit:1.1`,
  rollbackOnError: `${standard}rollback-on-error:1.0`,
  validate10: `${standard}validate:1.0`,
  validate11: `${standard}validate:1.1`,
  startup: `${standard}startup:1.0`,
  url: `${standard}url:1.0`,
  xpath: `${standard}xpath:1.0`,
  notification: `${standard}notification:1.0`,
  interleave: `${standard}interleave:1.0`,
  yangLibrary10: `${standard}yang-library:1.0`,
  yangLibrary11: `${standard}yang-library:1.1`,
} as const;

/** The URI that counts when capabilities are compared: trimmed, and without parameters (RFC 6241 §8.1). */
export function capabilityName(uri: string): string {
  return trimXml(uri).replace(/\?.*$/s, "");
}

/** Whether two URIs name the same capability. */
export function sameCapability(a: string, b: string): boolean {
  return capabilityName(a) === capabilityName(b);
}

/** Whether a list of URIs holds a capability. */
export function hasCapability(capabilities: readonly string[], uri: string): boolean {
  return capabilities.some((one) => sameCapability(one, uri));
}

/**
 * Whether a trimmed text is an absolute URI by the grammar of RFC 3986 §3: a scheme, a colon, and only
 * characters that a URI may have. Colon short names such as `:notification` are none.
 */
export function isAbsoluteUri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/.test(trimXml(text));
}

/** Parameters behind the question mark, percent-decoded where that is possible; of a repeated name the first. */
export function capabilityParameters(uri: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const query = /\?(.*)$/s.exec(trimXml(uri))?.[1] ?? "";
  for (const pair of query.split("&").filter((one) => one !== "")) {
    const equals = pair.indexOf("=");
    const name = equals === -1 ? pair : pair.slice(0, equals);
    if (!parameters.has(name)) parameters.set(name, equals === -1 ? "" : percentDecoded(pair.slice(equals + 1)));
  }
  return parameters;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The base version of a session: the highest that both sides advertise; undefined when they share none. */
export function highestCommonBase(ours: readonly string[], theirs: readonly string[]): BaseVersion | undefined {
  const versions: readonly BaseVersion[] = ["1.1", "1.0"];
  return versions.find((version) => [ours, theirs].every((side) => hasCapability(side, base + version)));
}

/**
 * The preconditions of the requirement catalogue that a server's hello decides: `:base:1.1` (the version
 * in use), `:xpath` and `:xpath:1.0` for each standard capability, `mod:NAME` for each YANG module, and
 * `no-:notification`, `no-:interleave`, `no-:xpath` where these are absent.
 * @param ours what the client's hello offers; both base versions when not given
 */
export function capabilityTokens(
  theirs: readonly string[],
  ours: readonly string[] = [CAPABILITY.base10, CAPABILITY.base11],
): ReadonlySet<string> {
  const tokens = new Set<string>();
  const version = highestCommonBase(ours, theirs);
  if (version !== undefined) tokens.add(`:base:${version}`);
  for (const uri of theirs) {
    const name = capabilityName(uri);
    const [short, number] = name.startsWith(standard) ? name.slice(standard.length).split(":") : [];
    if (short !== undefined && number !== undefined) tokens.add(`:${short}`).add(`:${short}:${number}`);
    const module = capabilityParameters(uri).get("module");
    if (module !== undefined) tokens.add(`mod:${module}`);
  }
  for (const short of [":notification", ":interleave", ":xpath"]) if (!tokens.has(short)) tokens.add(`no-${short}`);
  return tokens;
}
