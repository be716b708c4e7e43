/** The passive checks on the wire: each rule of each dialect, kept and broken; and nobody accused of what we did. */
import { expect, test } from "vitest";
import { dialectNames, dialects } from "../../wire/index.ts";
import { ruleIds } from "../../wire/rules.ts";
import type { DialectName, FrameSpec, ResponseOptions, WireRule } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import { readConversation } from "../conversation.ts";
import {
  accept,
  bytes,
  close,
  connect,
  cut,
  frame,
  joined,
  type Line,
  message,
  open,
  request,
  session,
  tcp,
  transcriptOf,
} from "../testing/script.ts";
import { wireReports } from "./wire.ts";

const payload = (text: string): Uint8Array => Buffer.from(text, "latin1");
const server = (...specs: readonly FrameSpec[]): Line => [
  open("a"),
  joined(...specs.map((spec) => frame("a", "server", spec))),
];
const answered = (options: ResponseOptions): Line => [connect("a"), request("a"), accept("a", options)];

/** Both Accept fields are right; that there are two is what is wrong. */
const twoAccepts: Line = (state) => {
  const line = accept("a");
  const [entry] = typeof line === "function" ? line(state) : [];
  if (entry?.type !== "bytes") return [];
  const text = Buffer.from(entry.data).toString("latin1");
  const field = /Sec-WebSocket-Accept: .*\r\n/.exec(text)?.[0] ?? "";
  return [{ ...entry, data: payload(text.replace(field, field + field)) }];
};

const framesOfBitDialects: Partial<Record<WireRule, Line>> = {
  "reserved-bits": server({ kind: "text", rsv: 4 }),
  "reserved-opcode": server({ opcode: 11 }),
  "length-top-bit": server({ kind: "binary", lengthForm: "64", declaredLength: 1n << 63n }),
  "control-length": server({ kind: "pong", payload: Buffer.alloc(126) }),
  "control-fragmented": server({ kind: "ping", fin: false }),
  "continuation-without-start": server({ kind: "continuation" }),
  "data-inside-message": server({ kind: "text", fin: false }, { kind: "text" }),
  "text-utf8": server({ kind: "text", payload: payload("\xff") }),
  "close-body-length": server({ kind: "close", payload: payload("\x03") }),
  "close-reason-utf8": server({ kind: "close", payload: payload("\x03\xe8\xff") }),
  "frame-after-close": server({ kind: "close" }, { kind: "text" }),
  "truncated-frame": [
    open("a"),
    frame("a", "server", { kind: "text", declaredLength: 9n, payload: payload("<") }),
    tcp("a", "server", "fin"),
  ],
};
const responses: Partial<Record<WireRule, Line>> = {
  "response-syntax": answered({ rawLines: ["no colon"] }),
  "response-upgrade": answered({ set: { Upgrade: "websockets" } }),
  "response-connection": answered({ set: { Connection: "close" } }),
  "response-subprotocol": answered({ subprotocol: "other" }),
};
const keyedResponses: Partial<Record<WireRule, Line>> = {
  ...responses,
  "response-accept": answered({ proof: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" }),
  "response-extensions": answered({ set: { "Sec-WebSocket-Extensions": "x-odd" } }),
  "response-body": answered({ set: { "Content-Length": "5" } }),
};

/** A conversation of the target that breaks that rule and no other. */
const broken: Readonly<Record<DialectName, Partial<Record<WireRule, Line>>>> = {
  rfc6455: {
    ...framesOfBitDialects,
    ...keyedResponses,
    "mask-forbidden": server({ kind: "text", mask: payload("key!") }),
    "length-minimal": server({ kind: "text", lengthForm: "16" }),
    "close-code": server({ kind: "close", payload: payload("\x03\xed") }),
    "response-duplicate": [connect("a"), request("a"), twoAccepts],
  },
  "hybi-06": { ...framesOfBitDialects, ...keyedResponses },
  "hybi-00": {
    ...responses,
    "reserved-opcode": server({ opcode: 1 }),
    "text-utf8": server({ kind: "text", payload: payload("\xc0") }),
    "close-body-length": server({ kind: "close", lengthForm: "16" }),
    "frame-after-close": server({ kind: "close" }, { kind: "text" }),
    "truncated-frame": [open("a"), bytes("a", "server", "\0<"), tcp("a", "server", "fin")],
    "response-proof": answered({ proof: "0123456789abcdef" }),
    "response-origin": answered({ set: { "Sec-WebSocket-Origin": "http://other.example" } }),
    "response-location": answered({ set: { "Sec-WebSocket-Location": "ws://other.example/" } }),
    "response-duplicate": answered({ rawLines: ["Upgrade: WebSocket"] }),
  },
};

function reportsOn(dialect: DialectName, ...lines: readonly Line[]): Report[] {
  return wireReports(readConversation(transcriptOf(dialect, lines)));
}
const charged = (reports: readonly Report[]): string[] => [
  ...new Set(reports.filter(({ outcome }) => outcome === "broken").map(({ requirement }) => requirement)),
];

/** Rules that bind a server, with the requirement each is charged to. */
const rulesOf = (dialect: DialectName): [WireRule, string][] =>
  (Object.keys(ruleIds[dialect]) as WireRule[]).flatMap((rule) => {
    const id = dialects[dialect].requirementFor(rule, "server");
    return id === undefined ? [] : [[rule, id]];
  });
/** A whole conversation that shows all there is to see. */
const clean = (dialect: DialectName): Line => [
  session("a"),
  dialects[dialect].kinds.has("pong") ? frame("a", "server", { kind: "pong" }) : [],
  close("a", "server", 1000, "bye"),
  close("a", "client", 1000),
  tcp("a", "server", "fin"),
];

const rows = dialectNames.flatMap((dialect) => rulesOf(dialect).map(([rule, id]) => ({ dialect, rule, id })));

test.each(rows.filter(({ rule }) => rule !== "response-status"))(
  "$dialect, $rule broken: $id",
  ({ dialect, rule, id }) => {
    const lines = broken[dialect][rule];
    expect(lines, "a sample of it").toBeDefined();
    const whole = reportsOn(dialect, lines as Line);
    expect(charged(whole)).toEqual([id]);
    expect(charged(reportsOn(dialect, cut(1, lines as Line)))).toEqual([id]);
  },
);

test.each(dialectNames)("%s: a clean conversation keeps every rule that can be seen kept", (dialect) => {
  const reports = reportsOn(dialect, clean(dialect));
  expect(charged(reports)).toEqual([]);
  const unseen = rulesOf(dialect).filter(([, id]) => !reports.some((report) => report.requirement === id));
  // A length that nobody can send and a status that a scenario has to ask for.
  expect(unseen.map(([rule]) => rule).filter((rule) => rule !== "length-top-bit")).toEqual(["response-status"]);
});

const innocent: Readonly<Record<string, Line>> = {
  "nothing at all": [],
  "a connection that was refused": tcp("a", "client", "refused"),
  "a connection that was only opened": [connect("a"), tcp("a", "server", "fin")],
  "a refusal with a body that looks like frames": [
    connect("a"),
    request("a"),
    bytes("a", "server", "HTTP/1.1 400 Bad Request\r\nContent-Length: 9\r\n\r\n"),
    bytes("a", "server", "\x81\x85\xf1"),
    bytes("a", "server", "HTTP/1.1 101 x\r\n\r\n"),
    tcp("a", "server", "fin"),
  ],
  "a refusal with fields that a 101 must not have": [
    connect("a"),
    request("a"),
    bytes("a", "server", "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n<html>"),
  ],
  "frames of ours that break every rule": [
    session("a"),
    frame("a", "client", { opcode: 11, mask: false, payload: payload("x") }),
    bytes("a", "client", "\xff\xff\xff\xff\xff"),
    tcp("a", "client", "fin"),
    tcp("a", "server", "fin"),
  ],
  "a request of ours that is none": [
    connect("a"),
    request("a", { method: "BREW", set: { Upgrade: null } }),
    bytes("a", "server", "HTTP/1.1 400 Bad Request\r\n\r\n"),
  ],
  "a frame that we cut off ourselves": [
    session("a"),
    bytes("a", "server", "\0"),
    tcp("a", "client", "fin"),
    tcp("a", "server", "fin"),
  ],
  "an answer of hixie-75 to a request that names no dialect": [
    connect("a"),
    request("a", { set: { "Sec-WebSocket-Version": null, "Sec-WebSocket-Key1": null, "Sec-WebSocket-Key2": null } }),
    bytes("a", "server", "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"),
    bytes("a", "server", "WebSocket-Origin: http://ncwspec.example\r\n\r\n\0<hello a long enough text/>\xff"),
  ],
  "an undefined close code of ours that comes back": [
    session("a"),
    close("a", "client", 999),
    close("a", "server", 999),
  ],
  "a half answer": [connect("a"), request("a"), bytes("a", "server", "HTTP/1.1 1")],
};

test.each(
  Object.entries(innocent).flatMap(([what, lines]) => dialectNames.map((dialect) => ({ what, dialect, lines }))),
)("$dialect: $what accuses nobody", ({ dialect, lines }) => expect(charged(reportsOn(dialect, lines))).toEqual([]));

test("a breach in one segment shows the frame it stands in", () => {
  const lines = [open("a"), joined(message("a", "server", "first"), frame("a", "server", { kind: "pong", rsv: 1 }))];
  const found = reportsOn("rfc6455", lines).find(({ outcome }) => outcome === "broken");
  expect(found).toMatchObject({ requirement: "WS-FRM-001", got: expect.stringContaining("pong") });
});

test("what is no HTTP is shown as it came", () => {
  const found = reportsOn("rfc6455", [connect("a"), request("a"), bytes("a", "server", "SSH-2.0-x\r\n")]);
  expect(found).toMatchObject([{ requirement: "WS-HS-001", outcome: "broken", got: "5353482d322e302d780d0a" }]);
});

test.each(["rfc6455", "hybi-06"] as const)(
  "%s: a long frame shows that the top bit of its length is clear",
  (dialect) => {
    const lines = server({ kind: "binary", payload: Buffer.alloc(70_000) });
    const id = dialects[dialect].requirementFor("length-top-bit", "server");
    expect(reportsOn(dialect, lines)).toContainEqual(expect.objectContaining({ requirement: id, outcome: "held" }));
  },
);
