/** Opening responses of hybi-06 (~5.2.2) and RFC 6455 (§4.1, §4.2.2): Sec-WebSocket-Accept proves the key was read. */
import { breachList, type Report } from "./breaches.ts";
import { extensionName, hasToken, listElements } from "./header-lists.ts";
import { type Field, fieldsNamed, httpFields, joinedValue } from "./http-head.ts";
import { acceptField, type KeyedHandshake } from "./keyed-request.ts";
import { checkNoBody, checkOnce } from "./request-head.ts";
import {
  checkResponseSyntax,
  checkStatus,
  readResponseHead,
  responseFacts,
  switching,
  writeResponseHead,
} from "./response-head.ts";
import type { HeaderField, Reading, Request, Response, ResponseOptions } from "./types.ts";

/** A right answer with the departures asked for; the subprotocol is the first offered unless the options name one. */
export function keyedResponse(request: Request, options: ResponseOptions = {}): Uint8Array {
  const subprotocol = options.subprotocol ?? request.subprotocols[0];
  const fields: HeaderField[] = [
    { name: "Upgrade", value: "websocket" },
    { name: "Connection", value: "Upgrade" },
    { name: acceptField, value: options.proof ?? request.expectedProof ?? "" },
    ...(subprotocol === undefined ? [] : [{ name: "Sec-WebSocket-Protocol", value: subprotocol }]),
  ];
  return writeResponseHead(fields, options, "Switching Protocols");
}

/** Reads a response and reports what a conforming server would not have sent to this request. */
export function readKeyedResponse(handshake: KeyedHandshake, bytes: Uint8Array, request: Request): Reading<Response> {
  const read = readResponseHead(bytes, httpFields);
  if (read === undefined) return { state: "incomplete" };
  if ("state" in read) return read;
  const { breaches, report } = breachList();
  const { fields, size } = read.head;
  checkResponseSyntax(read, report);
  if (read.status === switching) checkSwitch(handshake, fields, request, report);
  else checkStatus(read, acceptField, report);
  const subprotocol = fieldsNamed(fields, "Sec-WebSocket-Protocol")[0]?.value;
  const value = responseFacts(read, subprotocol, fieldsNamed(fields, acceptField)[0]?.value);
  return { state: "complete", value, consumed: size, breaches };
}

function checkSwitch(handshake: KeyedHandshake, fields: readonly Field[], request: Request, report: Report): void {
  const upgrade = joinedValue(fields, "Upgrade");
  if (upgrade?.toLowerCase() !== "websocket")
    report("response-upgrade", `Upgrade ${upgrade ?? "missing"}, websocket expected`);
  const connection = joinedValue(fields, "Connection");
  if (connection === undefined || !hasToken(connection, "upgrade"))
    report("response-connection", `Connection ${connection ?? "missing"}, Upgrade expected`);
  checkAccept(fields, request, report);
  checkSubprotocol(fields, request, report);
  checkExtensions(handshake, fields, request, report);
  checkOnce(fields, [acceptField, "Sec-WebSocket-Protocol"], "response-duplicate", report);
  checkNoBody(fields, "response-body", report);
}

/** A request that is fit for no proof has no right answer to compare with. */
function checkAccept(fields: readonly Field[], request: Request, report: Report): void {
  const accepts = fieldsNamed(fields, acceptField);
  if (accepts.length === 0) report("response-accept", `no ${acceptField}`);
  const { expectedProof } = request;
  const wrong = accepts.find(({ value }) => expectedProof !== undefined && value !== expectedProof);
  if (wrong) report("response-accept", `${acceptField} ${wrong.value}, ${expectedProof} expected`, wrong.offset);
}

/** One of those offered, in the same letters, or none (RFC 6455 §4.1, §11.3.4). */
function checkSubprotocol(fields: readonly Field[], request: Request, report: Report): void {
  const answer = joinedValue(fields, "Sec-WebSocket-Protocol");
  if (answer === undefined || request.subprotocols.includes(answer)) return;
  const offered = request.subprotocols.join(", ") || "none";
  report("response-subprotocol", `subprotocol ${JSON.stringify(answer)}, offered: ${offered}`);
}

function checkExtensions(handshake: KeyedHandshake, fields: readonly Field[], request: Request, report: Report): void {
  const answer = joinedValue(fields, "Sec-WebSocket-Extensions");
  if (answer === undefined) return;
  const offered = request.extensions.map(extensionName);
  for (const element of listElements(answer)) {
    const known = element === "" || offered.includes(extensionName(element));
    if (!handshake.extension.test(element))
      report("response-extensions", `Sec-WebSocket-Extensions ${JSON.stringify(answer)}`);
    else if (!known) report("response-extensions", `extension ${JSON.stringify(element)} was not offered`);
  }
}
