/** Opening requests of hybi-00 (4.1, 5.1): two keys in the fields, a third of 8 bytes behind the blank line. */
import { announcedDialect } from "./announced-dialect.ts";
import { breachList, type Report, reportFaults } from "./breaches.ts";
import { toLatin1 } from "./bytes.ts";
import { challengeAnswer, generateKey, key3Length, keyFaults } from "./challenge.ts";
import { type Field, type FieldGrammar, fieldsNamed } from "./http-head.ts";
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

/** 5.1 item 5: a name without colon or space, exactly one space behind the colon. */
const requestFields: FieldGrammar = { name: /^[!-9;-~]+$/, value: /^[^\0]*$/, spaceAfterColon: "exactly one" };

const keyNames = ["Sec-WebSocket-Key1", "Sec-WebSocket-Key2"] as const;

/**
 * Builds a request; fields stand in random order unless the options give one, `[]` for the order of the draft's
 * steps. The origin is that of the host where the options name none: every client must send one.
 */
export function hybi00Request(options: RequestOptions): Request {
  const { secure = false, subprotocols = [], random } = options;
  const host = options.host.toLowerCase().replace(secure ? /:443$/ : /:80$/, "");
  const fields: HeaderField[] = [
    { name: "Upgrade", value: "WebSocket" },
    { name: "Connection", value: "Upgrade" },
    { name: "Host", value: host },
    { name: "Origin", value: options.origin ?? `${secure ? "https" : "http"}://${host}` },
    ...subprotocols.map((value) => ({ name: "Sec-WebSocket-Protocol", value })),
    { name: keyNames[0], value: options.key1 ?? generateKey(random) },
    { name: keyNames[1], value: options.key2 ?? generateKey(random) },
  ];
  const key3 = options.key3 ?? random(key3Length);
  const head = writeRequestHead(fields, options, "shuffle");
  return factsOf(headOfOwn(head, requestFields), Buffer.concat([head, key3]), key3, secure);
}

/** Values are taken to the last blank: a key's spaces count wherever they stand. */
function factsOf(read: RequestHead, bytes: Uint8Array, key3: Uint8Array, secure: boolean): Request {
  const only = (name: string) => {
    const found = fieldsNamed(read.head.fields, name);
    return found.length === 1 ? found[0]?.raw : undefined;
  };
  const [key1, key2] = keyNames.map(only);
  const answer = key1 !== undefined && key2 !== undefined ? challengeAnswer(key1, key2, key3) : undefined;
  return requestFacts(read, bytes, {
    dialect: announcedDialect({ headers: read.head.fields }),
    secure,
    origin: fieldsNamed(read.head.fields, "Origin")[0]?.raw,
    subprotocols: fieldsNamed(read.head.fields, "Sec-WebSocket-Protocol").map((field) => field.raw),
    extensions: [],
    proof: answer && toLatin1(answer),
  });
}

/**
 * Reads a request and reports what a conforming client would not have sent. The 8 bytes are waited for where
 * either key is there; a request with neither belongs to another dialect and ends with its head.
 */
export function readHybi00Request(bytes: Uint8Array): Reading<Request> {
  const read = readRequestHead(bytes, requestFields);
  if (read === undefined) return { state: "incomplete" };
  if ("state" in read) return read;
  const { fields, faults, size } = read.head;
  const keyed = keyNames.some((name) => fieldsNamed(fields, name).length > 0);
  const consumed = size + (keyed ? key3Length : 0);
  const value = factsOf(read, bytes.subarray(0, consumed), bytes.subarray(size, consumed), false);
  if (bytes.length < consumed) return { state: "incomplete", head: value };
  const { breaches, report } = breachList();
  reportFaults(faults, "request-syntax", report);
  checkRequestStart(read, { target: /^\/[!"$-~]*$/, httpVersion: /^1\.1$/, host: /^[^\s/?#@A-Z]+$/ }, report);
  checkFields(fields, report);
  checkNoBody(fields, "request-body", report);
  checkNothingBehind(bytes, consumed, report);
  return { state: "complete", value, consumed, breaches };
}

function checkFields(fields: readonly Field[], report: Report): void {
  const exact = (name: string, value: string, rule: "request-upgrade" | "request-connection") => {
    const found = fieldsNamed(fields, name)[0];
    if (found?.raw !== value) report(rule, `${name} ${found?.raw ?? "missing"}, ${value} expected`, found?.offset);
  };
  exact("Upgrade", "WebSocket", "request-upgrade");
  exact("Connection", "Upgrade", "request-connection");
  for (const name of keyNames) {
    const key = fieldsNamed(fields, name)[0];
    const faults = key ? keyFaults(key.raw) : ["it is missing"];
    if (faults.length > 0) report("request-key", `${name}: ${faults.join("; ")}`, key?.offset);
  }
  const origin = fieldsNamed(fields, "Origin")[0];
  if (!origin || !/^[!-@[-~]+$/.test(origin.raw))
    report("request-origin", `Origin ${JSON.stringify(origin?.raw ?? "missing")}`, origin?.offset);
  const subprotocol = fieldsNamed(fields, "Sec-WebSocket-Protocol")[0];
  if (subprotocol && !/^[ -~]+$/.test(subprotocol.raw))
    report("request-subprotocol", `subprotocol ${JSON.stringify(subprotocol.raw)}`, subprotocol.offset);
  const version = fieldsNamed(fields, "Sec-WebSocket-Version")[0];
  if (version) report("request-version", `Sec-WebSocket-Version ${version.value}`, version.offset);
  const once = ["Host", "Upgrade", "Connection", "Origin", "Sec-WebSocket-Protocol", ...keyNames];
  checkOnce(fields, once, "request-duplicate", report);
}
