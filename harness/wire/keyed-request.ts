/** Opening requests of hybi-06 (5.1) and RFC 6455 (§4.1, §4.2.1): one Sec-WebSocket-Key, a version number. */
import { acceptValue, keyBytes } from "./accept.ts";
import { announcedDialect } from "./announced-dialect.ts";
import { breachList, type Report, reportFaults } from "./breaches.ts";
import { asBuffer } from "./bytes.ts";
import { extension, hasToken, listElements, token } from "./header-lists.ts";
import { type Field, fieldsNamed, httpFields, joinedValue } from "./http-head.ts";
import {
  checkNoBody,
  checkNothingBehind,
  checkOnce,
  checkRequestStart,
  headOfOwn,
  type RequestHead,
  readRequestHead,
  requestFacts,
  writeRequestHead,
} from "./request-head.ts";
import type { HeaderField, Reading, Request, RequestOptions } from "./types.ts";

/** What differs between the handshakes of the two dialects. */
export interface KeyedHandshake {
  readonly version: number;
  readonly originField: string;
  /** The name that carries the origin in other drafts, here a mistake. */
  readonly foreignOriginField: string;
  /** Form of a request target. */
  readonly target: RegExp;
  /** Form of one element of a subprotocol list, and whether elements must differ. */
  readonly subprotocol: RegExp;
  readonly distinctSubprotocols: boolean;
  /** Form of the whole value of Sec-WebSocket-Extensions, element by element. */
  readonly extension: RegExp;
}

const path = '\\/[!"$-~]*';

export const hybi06Handshake: KeyedHandshake = {
  version: 6,
  originField: "Sec-WebSocket-Origin",
  foreignOriginField: "Origin",
  target: new RegExp(`^${path}$`),
  // the characters of -06 are not confirmed: any printable ones
  subprotocol: /^[ -~]+$/,
  distinctSubprotocols: false,
  // an empty field was common (H06-09, H06-24), and parameters got their grammar in -08
  extension: /^[ -~]*$/,
};

export const rfc6455Handshake: KeyedHandshake = {
  version: 13,
  originField: "Origin",
  foreignOriginField: "Sec-WebSocket-Origin",
  target: new RegExp(`^(?:${path}|https?:\\/\\/[!"$-.0->@-~]+(?:${path}|\\?[!"$-~]*)?)$`, "i"),
  subprotocol: token,
  distinctSubprotocols: true,
  extension,
};

/** Field that carries the server's proof. */
export const acceptField = "Sec-WebSocket-Accept";

export function keyedRequest(handshake: KeyedHandshake, options: RequestOptions): Request {
  const { origin, subprotocols = [], random } = options;
  const fields: HeaderField[] = [
    { name: "Host", value: options.host },
    { name: "Upgrade", value: "websocket" },
    { name: "Connection", value: "Upgrade" },
    { name: "Sec-WebSocket-Key", value: options.key ?? asBuffer(random(16)).toString("base64") },
    ...(origin === undefined ? [] : [{ name: handshake.originField, value: origin }]),
    ...(subprotocols.length === 0 ? [] : [{ name: "Sec-WebSocket-Protocol", value: subprotocols.join(", ") }]),
    { name: "Sec-WebSocket-Version", value: String(handshake.version) },
  ];
  const bytes = writeRequestHead(fields, options);
  return factsOf(handshake, headOfOwn(bytes, httpFields), bytes, options.secure ?? false);
}

/** Facts of a request; `secure` is not on the wire, so a reader that knows of TLS sets it itself. */
function factsOf(handshake: KeyedHandshake, read: RequestHead, bytes: Uint8Array, secure: boolean): Request {
  const { fields } = read.head;
  const keys = fieldsNamed(fields, "Sec-WebSocket-Key");
  const key = keys.length === 1 ? keys[0]?.value : undefined;
  const list = (name: string) => listElements(joinedValue(fields, name) ?? "").filter((element) => element !== "");
  return requestFacts(read, bytes, {
    dialect: announcedDialect({ headers: fields }),
    secure,
    origin: fieldsNamed(fields, handshake.originField)[0]?.value,
    subprotocols: list("Sec-WebSocket-Protocol"),
    extensions: list("Sec-WebSocket-Extensions"),
    proof: key ? acceptValue(key) : undefined,
  });
}

/** Reads a request and reports what a conforming client would not have sent. */
export function readKeyedRequest(handshake: KeyedHandshake, bytes: Uint8Array): Reading<Request> {
  const read = readRequestHead(bytes, httpFields);
  if (read === undefined) return { state: "incomplete" };
  if ("state" in read) return read;
  const { breaches, report } = breachList();
  const { fields, faults, size } = read.head;
  reportFaults(faults, "request-syntax", report);
  checkRequestStart(read, { target: handshake.target, httpVersion: /^(?:1\.[1-9]\d*|[2-9]\.\d+)$/, host }, report);
  checkUpgrade(fields, report);
  checkKey(fields, report);
  checkLists(handshake, fields, report);
  const version = joinedValue(fields, "Sec-WebSocket-Version");
  if (version !== String(handshake.version))
    report("request-version", `Sec-WebSocket-Version ${version ?? "missing"}, ${handshake.version} expected`);
  checkOnce(fields, ["Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version"], "request-duplicate", report);
  checkOrigin(handshake, fields, report);
  checkNoBody(fields, "request-body", report);
  checkNothingBehind(bytes, size, report);
  const value = factsOf(handshake, read, bytes.subarray(0, size), false);
  return { state: "complete", value, consumed: size, breaches };
}

const host = /^[^\s/?#@]+$/;

function checkUpgrade(fields: readonly Field[], report: Report): void {
  const upgrade = joinedValue(fields, "Upgrade");
  if (upgrade === undefined || !hasToken(upgrade, "websocket"))
    report("request-upgrade", `Upgrade ${upgrade ?? "missing"}, websocket expected`);
  const connection = joinedValue(fields, "Connection");
  if (connection === undefined || !hasToken(connection, "upgrade"))
    report("request-connection", `Connection ${connection ?? "missing"}, Upgrade expected`);
}

function checkOrigin(handshake: KeyedHandshake, fields: readonly Field[], report: Report): void {
  const { originField, foreignOriginField } = handshake;
  const origins = fieldsNamed(fields, originField);
  if (origins.length > 1) report("request-origin", `${originField} stands more than once`, origins[1]?.offset);
  const [foreign] = origins.length === 0 ? fieldsNamed(fields, foreignOriginField) : [];
  if (foreign) report("request-origin", `the origin stands in ${foreignOriginField}`, foreign.offset);
}

function checkKey(fields: readonly Field[], report: Report): void {
  const keys = fieldsNamed(fields, "Sec-WebSocket-Key");
  if (keys.length === 0) report("request-key", "no Sec-WebSocket-Key");
  for (const { value, offset } of keys) {
    const size = keyBytes(value)?.length;
    if (size === undefined) report("request-key", `key ${JSON.stringify(value)} is not base64`, offset);
    else if (size !== 16) report("request-key", `a key of ${size} bytes, 16 expected`, offset);
  }
}

function checkLists(handshake: KeyedHandshake, fields: readonly Field[], report: Report): void {
  const subprotocols = joinedValue(fields, "Sec-WebSocket-Protocol");
  const offers = subprotocols === undefined ? [] : listElements(subprotocols);
  const odd = offers.find((offer) => !handshake.subprotocol.test(offer));
  if (odd !== undefined) report("request-subprotocol", `subprotocol ${JSON.stringify(odd)}`);
  if (handshake.distinctSubprotocols && new Set(offers).size < offers.length)
    report("request-subprotocol", "a subprotocol is offered twice");
  const extensions = joinedValue(fields, "Sec-WebSocket-Extensions");
  if (extensions !== undefined && !listElements(extensions).every((element) => handshake.extension.test(element)))
    report("request-extensions", `Sec-WebSocket-Extensions ${JSON.stringify(extensions)}`);
}
