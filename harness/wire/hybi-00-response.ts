/** Opening responses of hybi-00 (4.1 items 28 to 46, 5.2 items 10 to 13): fields that repeat the request, 16 bytes of proof. */
import { breachList, type Report } from "./breaches.ts";
import { fromLatin1, toLatin1 } from "./bytes.ts";
import { answerLength } from "./challenge.ts";
import { type Field, type FieldGrammar, fieldsNamed } from "./http-head.ts";
import { checkNoBody, checkOnce } from "./request-head.ts";
import {
  checkResponseSyntax,
  checkStatus,
  readResponseHead,
  responseFacts,
  switching,
  writeResponseHead,
} from "./response-head.ts";
import type { HeaderField, Reading, Request, Response, ResponseOptions, WireRule } from "./types.ts";

/** 5.2 item 11. A client is more patient: it takes a field without the space (4.1 item 36). */
const responseFields: FieldGrammar = { name: /^[!-9;-~]+$/, value: /^[^\0]*$/, spaceAfterColon: "exactly one" };

const locationField = "Sec-WebSocket-Location";
const originField = "Sec-WebSocket-Origin";
const subprotocolField = "Sec-WebSocket-Protocol";

/** The URL that the location must repeat (3.2): the port only where it is not the scheme's own. */
function locationOf(request: Request): string {
  const host = (request.host ?? "").toLowerCase().replace(request.secure ? /:443$/ : /:80$/, "");
  return `${request.secure ? "wss" : "ws"}://${host}${request.target}`;
}

/** A right answer with the departures asked for; the subprotocol is the one requested unless the options name one. */
export function hybi00Response(request: Request, options: ResponseOptions = {}): Uint8Array {
  const subprotocol = options.subprotocol ?? request.subprotocols[0];
  const fields: HeaderField[] = [
    { name: "Upgrade", value: "WebSocket" },
    { name: "Connection", value: "Upgrade" },
    { name: originField, value: (request.origin ?? "").toLowerCase() },
    { name: locationField, value: locationOf(request) },
    ...(subprotocol === undefined ? [] : [{ name: subprotocolField, value: subprotocol }]),
  ];
  const head = writeResponseHead(fields, options, "WebSocket Protocol Handshake");
  return Buffer.concat([head, fromLatin1(options.proof ?? request.expectedProof ?? "")]);
}

/** Reads a response and reports what a conforming server would not have sent to this request. */
export function readHybi00Response(bytes: Uint8Array, request: Request): Reading<Response> {
  const read = readResponseHead(bytes, responseFields);
  if (read === undefined) return { state: "incomplete" };
  if ("state" in read) return read;
  const { fields, size } = read.head;
  const { breaches, report } = breachList();
  const subprotocol = fieldsNamed(fields, subprotocolField)[0]?.value;
  checkResponseSyntax(read, report);
  if (read.status !== switching) {
    checkStatus(read, locationField, report);
    return { state: "complete", value: responseFacts(read, subprotocol), consumed: size, breaches };
  }
  const consumed = size + answerLength;
  if (bytes.length < consumed) return { state: "incomplete", head: responseFacts(read, subprotocol) };
  checkSwitch(fields, request, report);
  const proof = toLatin1(bytes.subarray(size, consumed));
  // a request that is fit for no proof has no right answer to compare with
  if (request.expectedProof !== undefined && proof !== request.expectedProof)
    report("response-proof", `proof ${hex(proof)}, ${hex(request.expectedProof)} expected`, size);
  return { state: "complete", value: responseFacts(read, subprotocol, proof), consumed, breaches };
}

const hex = (latin1: string): string => fromLatin1(latin1).toString("hex");

function checkSwitch(fields: readonly Field[], request: Request, report: Report): void {
  const equal = (name: string, rule: WireRule, expected: string, fold = (value: string) => value) => {
    const found = fieldsNamed(fields, name)[0];
    if (!found) report(rule, `no ${name}`);
    else if (fold(found.raw) !== expected)
      report(rule, `${name} ${JSON.stringify(found.raw)}, ${JSON.stringify(expected)} expected`, found.offset);
  };
  equal("Upgrade", "response-upgrade", "WebSocket");
  equal("Connection", "response-connection", "upgrade", (value) => value.toLowerCase());
  if (request.origin !== undefined) equal(originField, "response-origin", request.origin.toLowerCase());
  if (request.host !== undefined) equal(locationField, "response-location", locationOf(request));
  const [requested] = request.subprotocols;
  const unasked = requested === undefined ? fieldsNamed(fields, subprotocolField)[0] : undefined;
  if (requested !== undefined) equal(subprotocolField, "response-subprotocol", requested);
  if (unasked)
    report("response-subprotocol", `subprotocol ${JSON.stringify(unasked.raw)}, none requested`, unasked.offset);
  checkOnce(
    fields,
    ["Upgrade", "Connection", originField, locationField, subprotocolField],
    "response-duplicate",
    report,
  );
  checkNoBody(fields, "response-body", report);
}
