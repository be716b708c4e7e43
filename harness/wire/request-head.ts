/** The head of an opening request, whatever its dialect: written with any departure, read, and checked where all agree. */
import { malformed, type Report } from "./breaches.ts";
import { type Random, randomBelow, toLatin1 } from "./bytes.ts";
import {
  type Field,
  type FieldGrammar,
  fieldsNamed,
  type Head,
  parseHead,
  readHead,
  replaceFields,
  writeHead,
} from "./http-head.ts";
import type { Breach, HeaderField, Request, RequestOptions } from "./types.ts";

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** Without `HTTP/`: "1.1". Empty where the line has none. */
  readonly httpVersion: string;
}

export interface RequestHead extends RequestLine {
  readonly head: Head;
}

/** The request target when none is asked for. */
const defaultTarget = "/netconf";

/**
 * Writes the head: the legal fields, then the caller's, then the departures that the options name.
 * @param order order of the fields where the options name none
 */
export function writeRequestHead(
  legal: readonly HeaderField[],
  options: RequestOptions,
  order: RequestOptions["order"] = [],
): Uint8Array {
  const { method = "GET", target = defaultTarget, httpVersion = "1.1" } = options;
  const fields = replaceFields([...legal, ...(options.headers ?? [])], options.set);
  const version = /^\d/.test(httpVersion) ? `HTTP/${httpVersion}` : httpVersion;
  const placed = ordered(fields, options.order ?? order, options.random);
  const line = [method, target, version].join(" ").trimEnd();
  return writeHead(
    line,
    placed.map(({ name, value }) => ({ name: spelled(name, options.nameCase), value })),
    options.rawLines,
  );
}

function ordered(
  fields: readonly HeaderField[],
  order: NonNullable<RequestOptions["order"]>,
  random: Random,
): HeaderField[] {
  if (order !== "shuffle") {
    const first = order.flatMap((name) => fieldsNamed(fields, name));
    return [...first, ...fields.filter((field) => !first.includes(field))];
  }
  const rest = [...fields];
  return fields.flatMap(() => rest.splice(randomBelow(random, rest.length), 1));
}

function spelled(name: string, nameCase: RequestOptions["nameCase"]): string {
  if (nameCase === "lower") return name.toLowerCase();
  if (nameCase === "upper") return name.toUpperCase();
  if (nameCase === undefined) return name;
  return [...name].map((letter, i) => (i % 2 === 0 ? letter.toLowerCase() : letter.toUpperCase())).join("");
}

/** The head of a request that was just written, however long or wrong. */
export function headOfOwn(bytes: Uint8Array, grammar: FieldGrammar): RequestHead {
  const head = parseHead(toLatin1(bytes), grammar);
  return { ...splitLine(head.startLine), head };
}

/** Method up to the first space, version behind the last, target between them. */
function splitLine(line: string): RequestLine {
  const first = line.indexOf(" ");
  const last = line.lastIndexOf(" ");
  if (first < 0) return { method: line, target: "", httpVersion: "" };
  if (first === last) return { method: line.slice(0, first), target: line.slice(first + 1), httpVersion: "" };
  const version = line.slice(last + 1).replace(/^HTTP\//, "");
  return { method: line.slice(0, first), target: line.slice(first + 1, last), httpVersion: version };
}

/** Reads a head; undefined while it is incomplete. What cannot be the start of an HTTP request is malformed at once. */
export function readRequestHead(
  bytes: Uint8Array,
  grammar: FieldGrammar,
): RequestHead | { readonly state: "malformed"; readonly breaches: readonly Breach[] } | undefined {
  const start = toLatin1(bytes.subarray(0, 16));
  if (start !== "" && !/^[!-~]+(?: |$)/.test(start)) return malformed("request-syntax", "no HTTP request line");
  const head = readHead(bytes, grammar);
  if (head === undefined) return undefined;
  if (head === "too-long") return malformed("request-syntax", "the request head exceeds 64 KiB");
  if (!/^[!-~]+ [ -~]+$/.test(head.startLine)) return malformed("request-syntax", "no HTTP request line");
  return { ...splitLine(head.startLine), head };
}

/** What the dialects leave to tell about a request: the rest of {@link Request} follows from its head. */
export interface RequestParticulars {
  readonly dialect: Request["dialect"] | undefined;
  readonly secure: boolean;
  readonly origin: string | undefined;
  readonly subprotocols: readonly string[];
  readonly extensions: readonly string[];
  readonly proof: string | undefined;
}

export function requestFacts(read: RequestHead, bytes: Uint8Array, particulars: RequestParticulars): Request {
  const { dialect, secure, origin, subprotocols, extensions, proof } = particulars;
  const host = fieldsNamed(read.head.fields, "Host")[0]?.value;
  return {
    method: read.method,
    target: read.target,
    httpVersion: read.httpVersion,
    headers: read.head.fields.map(({ name, value }) => ({ name, value })),
    ...(dialect === undefined ? {} : { dialect }),
    ...(host === undefined ? {} : { host }),
    secure,
    ...(origin === undefined ? {} : { origin }),
    subprotocols,
    extensions,
    ...(proof === undefined ? {} : { expectedProof: proof }),
    bytes,
    headLength: read.head.size,
  };
}

/** Method, target and Host, which all dialects want alike but for the rows of `rules`. */
export function checkRequestStart(
  read: RequestHead,
  rules: { readonly target: RegExp; readonly httpVersion: RegExp; readonly host: RegExp },
  report: Report,
): void {
  if (read.method !== "GET") report("request-method", `method ${read.method}, GET expected`);
  if (!rules.target.test(read.target)) report("request-target", `request target ${JSON.stringify(read.target)}`);
  if (!rules.httpVersion.test(read.httpVersion))
    report("request-http-version", `HTTP version ${JSON.stringify(read.httpVersion)}`);
  const host = fieldsNamed(read.head.fields, "Host");
  if (host.length === 0) report("request-host", "no Host field");
  for (const field of host)
    if (!rules.host.test(field.value)) report("request-host", `Host ${JSON.stringify(field.value)}`, field.offset);
}

/** Fields that may stand once only. */
export function checkOnce(
  fields: readonly Field[],
  names: readonly string[],
  rule: "request-duplicate" | "response-duplicate",
  report: Report,
): void {
  for (const name of names) {
    const again = fieldsNamed(fields, name)[1];
    if (again) report(rule, `${name} stands more than once`, again.offset);
  }
}

/** Bytes that came before any answer could have: a client waits for the response first. */
export function checkNothingBehind(bytes: Uint8Array, consumed: number, report: Report): void {
  const behind = bytes.length - consumed;
  if (behind > 0) report("request-body", `${behind} bytes behind the request, before any response`, consumed);
}

/** A body that the fields announce, which a handshake does not have. */
export function checkNoBody(fields: readonly Field[], rule: "request-body" | "response-body", report: Report): void {
  for (const field of fieldsNamed(fields, "Content-Length"))
    if (!/^0+$/.test(field.value)) report(rule, `Content-Length: ${field.value}`, field.offset);
  for (const field of fieldsNamed(fields, "Transfer-Encoding"))
    report(rule, `Transfer-Encoding: ${field.value}`, field.offset);
}
