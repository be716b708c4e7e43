/** The head of an opening response, whatever its dialect. */
import { malformed, type Report } from "./breaches.ts";
import { toLatin1 } from "./bytes.ts";
import { type FieldGrammar, fieldsNamed, type Head, readHead, replaceFields, writeHead } from "./http-head.ts";
import type { Breach, HeaderField, Response, ResponseOptions } from "./types.ts";

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly httpVersion: string;
  readonly head: Head;
}

/** The status that opens a WebSocket. */
export const switching = 101;

export function writeResponseHead(
  legal: readonly HeaderField[],
  options: ResponseOptions,
  canonicalReason: string,
): Uint8Array {
  const { status = switching, reason = status === switching ? canonicalReason : "" } = options;
  return writeHead(`HTTP/1.1 ${status} ${reason}`, replaceFields(legal, options.set), options.rawLines);
}

const protocol = "HTTP/";

/** Reads a head; undefined while it is incomplete. What cannot be the start of an HTTP response is malformed at once. */
export function readResponseHead(
  bytes: Uint8Array,
  grammar: FieldGrammar,
): ResponseHead | { readonly state: "malformed"; readonly breaches: readonly Breach[] } | undefined {
  const start = toLatin1(bytes.subarray(0, protocol.length));
  if (start !== protocol.slice(0, start.length)) return malformed("response-syntax", "no HTTP status line");
  const head = readHead(bytes, grammar);
  if (head === undefined) return undefined;
  if (head === "too-long") return malformed("response-syntax", "the response head exceeds 64 KiB");
  const line = /^HTTP\/(\S+) (\d+)(?: (.*))?$/s.exec(head.startLine);
  if (!line) return malformed("response-syntax", `no HTTP status line: ${JSON.stringify(head.startLine.slice(0, 80))}`);
  const [, httpVersion = "", status = "", reason = ""] = line;
  return { status: Number(status), reason, httpVersion, head };
}

/** Syntax of the status line and of the lines behind it. */
export function checkResponseSyntax(read: ResponseHead, report: Report): void {
  if (!/^HTTP\/\d+\.\d+ \d{3} /.test(read.head.startLine))
    report("response-syntax", `status line ${JSON.stringify(read.head.startLine)}`);
  for (const { message, offset } of read.head.faults) report("response-syntax", message, offset);
}

/**
 * A status other than 101 is a refusal, which is no breach by itself: whether it was due is a question to the
 * request. It is one where the answer is no refusal: below 300, beyond 599, or with the proof of an acceptance.
 */
export function checkStatus(read: ResponseHead, proofField: string, report: Report): void {
  const accepted = read.status < 300 || read.status > 599 || fieldsNamed(read.head.fields, proofField).length > 0;
  if (accepted) report("response-status", `status ${read.status}, ${switching} expected`);
}

export function responseFacts(read: ResponseHead, subprotocol?: string, proof?: string): Response {
  return {
    status: read.status,
    reason: read.reason,
    httpVersion: read.httpVersion,
    headers: read.head.fields.map(({ name, value }) => ({ name, value })),
    ...(subprotocol === undefined ? {} : { subprotocol }),
    ...(proof === undefined ? {} : { proof }),
  };
}
