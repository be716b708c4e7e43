import type { DialectName } from "../wire/types.ts";
import { isChallengeKey } from "./challenge.ts";
import type { Refusal } from "./refusal.ts";
import { type RequestHead, valuesOf, wholeValue } from "./request-head.ts";

export interface HandshakePolicy {
  readonly path: string;
  readonly dialects: readonly DialectName[];
  /** The only subprotocol spoken; a client that does not offer it is refused. */
  readonly subprotocol: string;
  /** Origins accepted; absent: any. */
  readonly origins?: readonly string[] | undefined;
  /** Origins refused, whatever `origins` says. */
  readonly refusedOrigins?: readonly string[] | undefined;
}

/** A request that may be answered with 101. */
export interface Acceptance {
  readonly dialect: DialectName;
  readonly host: string;
  /** Path and query. */
  readonly resource: string;
  readonly origin?: string | undefined;
}

const VERSIONS: readonly (readonly [DialectName, string])[] = [
  ["rfc6455", "13"],
  ["hybi-06", "6"],
];
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const TOKEN_ONLY = new RegExp(`^${TOKEN}$`);
const PARAMETER = `${TOKEN}(?:[ \\t]*=[ \\t]*(?:${TOKEN}|"${TOKEN}"))?`;
const EXTENSION = `${TOKEN}(?:[ \\t]*;[ \\t]*${PARAMETER})*`;
const EXTENSIONS = new RegExp(`^${EXTENSION}(?:[ \\t]*,[ \\t]*${EXTENSION})*$`);
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._~%!$&'()*+,;=-]+)(?::\d{1,5})?$/;

class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

/** Judges an opening request by the rules of the dialect its fields announce; every fault is a refusal. */
export function judgeRequest(head: RequestHead, policy: HandshakePolicy): Acceptance | Refusal {
  try {
    if (head.method !== "GET") throw refused(405, "Only GET opens a WebSocket.", ["Allow: GET"]);
    if (head.version < 11) throw refused(400, "HTTP/1.1 is needed.");
    const host = valuesOf(head, "host");
    if (host.length !== 1 || !HOST.test(host[0] ?? "")) throw refused(400, "One Host field is needed.");
    const resource = resourceOf(head.target);
    if (resource.replace(/\?.*$/, "") !== policy.path) throw refused(404, "There is nothing here.");
    if (valuesOf(head, "transfer-encoding").length > 0) throw refused(400, "An opening request has no body.");
    const dialect = chooseDialect(head, policy);
    if (dialect === "hybi-00") checkHybi00(head, policy.subprotocol);
    else checkModern(head, dialect, policy.subprotocol);
    return { dialect, host: host[0] ?? "", resource, origin: originOf(head, dialect, policy) };
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

function refused(status: Refusal["status"], reason: string, headers: readonly string[] = []): Refused {
  return new Refused({ status, reason, headers });
}

/** Origin form or absolute form (RFC 6455 §4.2.1); a fragment is part of neither. */
function resourceOf(target: string): string {
  const match = /^(?:https?:\/\/[^/?#]+)?(\/[^#]*|)$/i.exec(target);
  if (!match || target === "") throw refused(400, "The request target is malformed.");
  return match[1] === "" ? "/" : (match[1] ?? "/");
}

/** The dialect of a request: by its version, else hybi-00 by its two keys. */
function chooseDialect(head: RequestHead, { dialects }: HandshakePolicy): DialectName {
  const spoken = VERSIONS.filter(([dialect]) => dialects.includes(dialect));
  const list = spoken.length > 0 ? [`Sec-WebSocket-Version: ${spoken.map(([, version]) => version).join(", ")}`] : [];
  const versions = valuesOf(head, "sec-websocket-version");
  const [version] = versions;
  if (version !== undefined) {
    const wellFormed = versions.length === 1 && /^(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/.test(version);
    if (!wellFormed) throw refused(400, "Sec-WebSocket-Version is malformed.", list);
    const found = spoken.find(([, known]) => known === version);
    if (found) return found[0];
  } else if (head.fields.some(({ name }) => /^sec-websocket-key[12]$/.test(name)) && dialects.includes("hybi-00")) {
    return "hybi-00";
  }
  throw refused(426, "This version of WebSocket is not spoken here.", ["Upgrade: websocket", ...list]);
}

function checkModern(head: RequestHead, dialect: DialectName, subprotocol: string): void {
  if (!listOf(valuesOf(head, "upgrade")).some((token) => token.toLowerCase() === "websocket")) {
    throw refused(400, "Upgrade does not name websocket.");
  }
  if (!listOf(valuesOf(head, "connection")).some((token) => token.toLowerCase() === "upgrade")) {
    throw refused(400, "Connection does not name Upgrade.");
  }
  const keys = valuesOf(head, "sec-websocket-key");
  if (keys.length !== 1 || !/^[0-9A-Za-z+/]{22}==$/.test(keys[0] ?? "")) {
    throw refused(400, "One Sec-WebSocket-Key of 16 bytes is needed.");
  }
  const offered = listOf(valuesOf(head, "sec-websocket-protocol"));
  const isName = (name: string): boolean => (dialect === "rfc6455" ? TOKEN_ONLY.test(name) : name !== "");
  if (!offered.every(isName) || new Set(offered).size < offered.length) {
    throw refused(400, "Sec-WebSocket-Protocol is malformed.");
  }
  if (!offered.includes(subprotocol)) throw refused(400, `The subprotocol ${subprotocol} is needed.`);
  const extensions = valuesOf(head, "sec-websocket-extensions").filter((value) => value !== "");
  if (!extensions.every((value) => EXTENSIONS.test(value))) {
    throw refused(400, "Sec-WebSocket-Extensions is malformed.");
  }
}

/** hybi-00 §5.1 and §5.2: here values are whole, not lists. */
function checkHybi00(head: RequestHead, subprotocol: string): void {
  const only = (name: string): string | undefined => wholeValue(head, name);
  if (!head.fields.every(({ raw }) => raw.startsWith(" "))) throw refused(400, "A space follows the colon of a field.");
  if (only("upgrade")?.toLowerCase() !== "websocket") throw refused(400, "Upgrade is not WebSocket.");
  if (only("connection")?.toLowerCase() !== "upgrade") throw refused(400, "Connection is not Upgrade.");
  for (const name of ["sec-websocket-key1", "sec-websocket-key2"]) {
    if (!isChallengeKey(only(name) ?? "")) throw refused(400, "A key cannot be answered.");
  }
  if (only("sec-websocket-protocol") !== subprotocol) throw refused(400, `The subprotocol ${subprotocol} is needed.`);
  if (!only("origin")) throw refused(400, "One Origin field is needed.");
}

function originOf(head: RequestHead, dialect: DialectName, policy: HandshakePolicy): string | undefined {
  const { origins: accepted, refusedOrigins = [] } = policy;
  const names = dialect === "hybi-06" ? ["sec-websocket-origin", "origin"] : ["origin"];
  const origins = names.flatMap((name) => valuesOf(head, name));
  const isForeign = (origin: string): boolean =>
    refusedOrigins.includes(origin) || (accepted !== undefined && !accepted.includes(origin));
  if (origins.some(isForeign)) {
    throw refused(403, "This origin is not accepted.");
  }
  if (origins.length > names.length) throw refused(400, "Origin occurs more than once.");
  return origins[0];
}

/** Elements of a comma list over all fields of a name (RFC 9110 §5.6.1). */
function listOf(values: readonly string[]): string[] {
  if (values.length === 0) return [];
  return values
    .join(",")
    .split(",")
    .map((part) => part.trim());
}
