/** The passive checks on opening, keys and closing: each rule kept and broken, for the end it binds; and the innocent. */
import { expect, test } from "vitest";
import { hello } from "../../netconf/index.ts";
import { dialectNames, dialects } from "../../wire/index.ts";
import { ruleIds } from "../../wire/rules.ts";
import type { DialectName, End, FrameSpec, WireRule } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import { readConversation } from "../conversation.ts";
import { passiveReports } from "../judge.ts";
import {
  accept,
  bytes,
  close,
  connect,
  errorBody,
  frame,
  joined,
  type Line,
  message,
  open,
  ourCapabilities,
  type RequestLine,
  reply,
  request,
  rpc,
  session,
  subscribe,
  tcp,
  watched,
} from "../testing/script.ts";
import { earlierKeys } from "./keys.ts";

function chargedTo(role: End, dialect: DialectName, lines: Line): string[] {
  return idsOf(passiveReports(readConversation(watched(role, dialect, lines))), "broken");
}
function idsOf(reports: readonly Report[], outcome: Report["outcome"]): string[] {
  return [...new Set(reports.filter((report) => report.outcome === outcome).map(({ requirement }) => requirement))];
}

const key = Buffer.from("key!");
const ping = (conn: string, from: End, text = "p"): Line =>
  frame(conn, from, { kind: "ping", payload: Buffer.from(text) });
const pong = (conn: string, from: End, text = "p"): Line =>
  frame(conn, from, { kind: "pong", payload: Buffer.from(text) });
const asks = (options: RequestLine): Line => [connect("a"), request("a", options), accept("a")];
const twoOf = (options: RequestLine): Line => [open("a", options), tcp("a", "server", "fin"), open("b", options)];
const masked = (count: number): Line =>
  Array.from({ length: count }, () => frame("a", "client", { kind: "pong", mask: key }));
/** An entry that stands the given milliseconds later than the script has it. */
const later =
  (milliseconds: number, line: Line): Line =>
  (state) => {
    const entries = typeof line === "function" ? line(state) : [];
    return entries.flatMap((entry) => [
      ...Array.from({ length: milliseconds }, () => ({ type: "step" as const, step: "wait" })),
      entry,
    ]);
  };

interface Row {
  readonly role: End;
  readonly dialects: readonly DialectName[];
  readonly ids: readonly string[];
  readonly lines: Line;
}

const prefixOf: Record<DialectName, string> = { rfc6455: "WS-", "hybi-06": "H06-", "hybi-00": "H00-" };
const bit = ["rfc6455", "hybi-06"] as const;
const rows: Readonly<Record<string, Row>> = {
  "a key used on two connections": {
    role: "client",
    dialects: bit,
    ids: ["WS-HS-115", "H06-HS-114"],
    lines: twoOf({ key: "AQIDBAUGBwgJCgsMDQ4PEA==" }),
  },
  "the 8 bytes of hybi-00 used again": {
    role: "client",
    dialects: ["hybi-00"],
    ids: ["H00-HS-114"],
    lines: twoOf({ key3: Buffer.from("12345678") }),
  },
  "a masking key used for two frames": {
    role: "client",
    dialects: bit,
    ids: ["WS-FRM-008", "H06-FRM-007"],
    lines: [session("a"), masked(2)],
  },
  "a frame before the response": {
    role: "client",
    dialects: bit,
    ids: ["WS-HS-114", "H06-HS-112"],
    lines: [connect("a"), request("a"), pong("a", "client"), accept("a")],
  },
  "a frame before the 16 bytes": {
    role: "client",
    dialects: ["hybi-00"],
    ids: ["H00-HS-116", "IID-HS-010"],
    lines: [connect("a"), request("a"), message("a", "client", hello(ourCapabilities))],
  },
  "a connection opened while another is not yet": {
    role: "client",
    dialects: ["rfc6455", "hybi-00"],
    ids: ["WS-HS-116", "H00-HS-115"],
    lines: [connect("a"), request("a"), connect("b"), accept("a"), request("b"), accept("b")],
  },
  "a Close of the server that is not answered": {
    role: "client",
    dialects: dialectNames,
    ids: ["WS-CLS-006", "H06-CLS-004", "H00-CLS-010"],
    lines: [session("a"), close("a", "server", 1000), tcp("a", "client", "fin")],
  },
  "a Close of the client that is not answered": {
    role: "server",
    dialects: dialectNames,
    ids: ["WS-CLS-006", "H06-CLS-004", "H00-CLS-003"],
    lines: [session("a"), close("a", "client", 1000), tcp("a", "server", "fin")],
  },
  "two Close frames of the server": {
    role: "server",
    dialects: bit,
    ids: ["WS-CLS-008", "H06-CLS-005"],
    lines: [session("a"), close("a", "server", 1000), close("a", "server", 1000)],
  },
  "a client that ends TCP first": {
    role: "client",
    dialects: ["rfc6455"],
    ids: ["WS-CLS-010"],
    lines: [session("a"), close("a", "client", 1000), close("a", "server", 1000), tcp("a", "client", "fin")],
  },
  "a ping that only the Close behind it is answered to": {
    role: "client",
    dialects: bit,
    ids: ["WS-CTL-003", "H06-CTL-003"],
    lines: [session("a"), ping("a", "server"), close("a", "server", 1000), close("a", "client", 1000)],
  },
  "replies in another order": {
    role: "server",
    dialects: dialectNames,
    ids: ["NC-RPC-007"],
    lines: [session("a"), rpc("a", "one"), rpc("a", "two"), reply("a", "two"), reply("a", "one")],
  },
  "an rpc that is passed over": {
    role: "server",
    dialects: dialectNames,
    ids: ["NC-RPC-001"],
    lines: [session("a"), rpc("a", "one"), rpc("a", "end", { op: "<close-session/>" }), reply("a", "end")],
  },
  "a second subscription accepted": {
    role: "server",
    dialects: dialectNames,
    ids: ["NTF-SUB-014"],
    lines: [session("a"), subscribe("a", "one"), reply("a", "one"), subscribe("a", "two"), reply("a", "two")],
  },
};

test.each(Object.entries(rows).flatMap(([what, row]) => row.dialects.map((dialect) => ({ what, dialect, ...row }))))(
  "$dialect, $what",
  ({ role, dialect, ids, lines }) => {
    const isOther = (id: string) => dialectNames.some((name) => name !== dialect && id.startsWith(prefixOf[name]));
    expect(chargedTo(role, dialect, lines)).toEqual(ids.filter((id) => !isOther(id)));
    expect(chargedTo(role === "server" ? "client" : "server", dialect, lines)).toEqual([]);
  },
);

test("a key used on a connection before", () => {
  const { entries, ...transcript } = watched("client", "rfc6455", open("a", { key: "AQIDBAUGBwgJCgsMDQ4PEA==" }));
  const handshake = [Buffer.from("AQIDBAUGBwgJCgsMDQ4PEA==").toString("hex")];
  const before = { type: "step", t: 0, step: earlierKeys, detail: { handshake } } as const;
  const reports = passiveReports(readConversation({ ...transcript, entries: [before, ...entries] }));
  expect(idsOf(reports, "broken")).toEqual(["WS-HS-115"]);
});

const innocent: Readonly<Record<string, Line>> = {
  "Close frames that cross": [
    session("a"),
    close("a", "client", 1000),
    close("a", "server", 1001),
    tcp("a", "server", "fin"),
    tcp("a", "client", "fin"),
  ],
  "a Close behind close-session that meets the end of TCP": [
    session("a"),
    rpc("a", "end", { op: "<close-session/>" }),
    reply("a", "end"),
    close("a", "client", 1000),
    tcp("a", "server", "fin"),
  ],
  "a Close, and TCP closed without waiting for the answer": [
    session("a"),
    close("a", "client", 1000),
    tcp("a", "client", "reset"),
    tcp("a", "server", "fin"),
  ],
  "an rpc that is refused": [
    session("a"),
    rpc("a", "one"),
    reply("a", "one", errorBody()),
    rpc("a", "end", { op: "<close-session/>" }),
    reply("a", "end"),
  ],
  "connections one after the other": [open("a"), open("b"), tcp("a", "client", "fin"), open("c")],
  "a server that says nothing": [connect("a"), request("a"), tcp("a", "client", "fin")],
};
const innocentWithPings: Readonly<Record<string, Line>> = {
  "a ping while the own Close is on its way": [
    session("a"),
    close("a", "client", 1000),
    ping("a", "server"),
    close("a", "server", 1000),
    tcp("a", "server", "fin"),
  ],
  "the last of several pings is answered": [
    session("a"),
    ping("a", "server", "1"),
    ping("a", "server", "2"),
    pong("a", "client", "2"),
    close("a", "server", 1000),
    close("a", "client", 1000),
  ],
};

const innocents = dialectNames.flatMap((dialect) =>
  Object.entries(dialect === "hybi-00" ? innocent : { ...innocent, ...innocentWithPings }).flatMap(([what, lines]) =>
    (["server", "client"] as const).map((role) => ({ what, dialect, role, lines })),
  ),
);
test.each(innocents)("$dialect: $what accuses no $role", ({ role, dialect, lines }) =>
  expect(chargedTo(role, dialect, lines)).toEqual([]),
);

test("keys of 32 bits may meet by chance among many frames", () => {
  const many: Line = Array.from({ length: 3000 }, (_, index) => {
    const mask = Buffer.alloc(4);
    mask.writeUInt32BE(Math.imul(index, 2654435761) >>> 0);
    return frame("a", "client", { kind: "pong", mask });
  });
  const again = frame("a", "client", { kind: "pong", mask: Buffer.alloc(4) });
  const few: Line = [session("a"), masked(1), pong("a", "client"), masked(1)];
  expect(chargedTo("client", "rfc6455", [session("a"), many, again])).toEqual([]);
  expect(chargedTo("client", "rfc6455", few)).toEqual(["WS-FRM-008"]);
});

test("a client that waited a while may end TCP, and the server that left it open is charged", () => {
  const lines: Line = [
    session("a"),
    close("a", "client", 1000),
    close("a", "server", 1000),
    later(1000, tcp("a", "client", "fin")),
  ];
  expect(chargedTo("client", "rfc6455", lines)).toEqual([]);
  expect(chargedTo("server", "rfc6455", lines)).toEqual(["WS-CLS-009"]);
});

// ---- what a client's opening request and frames break by themselves ----

const text = (value: string): Uint8Array => Buffer.from(value, "latin1");
const client = (...specs: readonly FrameSpec[]): Line => [
  open("a"),
  joined(...specs.map((spec) => frame("a", "client", spec))),
];
const set = (fields: RequestLine["set"] & object): Line => asks({ set: fields });

const requests: Partial<Record<WireRule, Line>> = {
  "request-method": asks({ method: "POST" }),
  "request-target": asks({ target: "/netconf#a" }),
  "request-host": set({ Host: null }),
  "request-upgrade": set({ Upgrade: "h2c" }),
  "request-connection": set({ Connection: "close" }),
  "request-syntax": asks({ rawLines: ["no colon"] }),
};
const keyed: Partial<Record<WireRule, Line>> = {
  ...requests,
  "request-http-version": asks({ httpVersion: "1.0" }),
  "request-key": asks({ key: "AQID" }),
  "request-body": set({ "Content-Length": "3" }),
  "request-extensions": set({ "Sec-WebSocket-Extensions": "\x7f" }),
  "request-subprotocol": set({ "Sec-WebSocket-Protocol": "netconf,\x7f" }),
  "reserved-bits": client({ kind: "text", rsv: 4 }),
  "reserved-opcode": client({ opcode: 11 }),
  "control-length": client({ kind: "pong", payload: Buffer.alloc(126) }),
  "control-fragmented": client({ kind: "ping", fin: false }),
  "continuation-without-start": client({ kind: "continuation" }),
  "data-inside-message": client({ kind: "text", fin: false }, { kind: "text" }),
  "close-body-length": client({ kind: "close", payload: text("\x03") }),
  "frame-after-close": client({ kind: "close" }, { kind: "text" }),
};
const ofClient: Record<DialectName, Partial<Record<WireRule, Line>>> = {
  rfc6455: {
    ...keyed,
    "mask-required": client({ kind: "pong", mask: false }),
    "length-minimal": client({ kind: "pong", lengthForm: "16" }),
    "close-code": client({ kind: "close", payload: text("\x03\xed") }),
    "request-duplicate": asks({ rawLines: ["Sec-WebSocket-Version: 13"] }),
    "request-origin": asks({ headers: [{ name: "Sec-WebSocket-Origin", value: "http://a" }] }),
  },
  "hybi-06": { ...keyed, "request-origin": asks({ headers: [{ name: "Origin", value: "http://a" }] }) },
  "hybi-00": {
    ...requests,
    "request-key": asks({ key1: "12" }),
    "request-origin": set({ Origin: null }),
    "request-duplicate": asks({ rawLines: ["Origin: http://b"] }),
    "reserved-opcode": client({ opcode: 1 }),
    "frame-after-close": client({ kind: "close" }, { kind: "text" }),
  },
};

test.each(
  dialectNames.flatMap((dialect) =>
    Object.entries(ofClient[dialect]).map(([rule, lines]) => ({ dialect, rule: rule as WireRule, lines })),
  ),
)("$dialect, $rule broken by a client", ({ dialect, rule, lines }) => {
  const id = dialects[dialect].requirementFor(rule, "client");
  expect(idsOf(passiveReports(readConversation(watched("client", dialect, lines))), "broken")).toContain(id);
  expect(chargedTo("server", dialect, lines)).not.toContain(id);
});

test.each(dialectNames)("%s: a clean conversation keeps every rule of the request", (dialect) => {
  const reports = passiveReports(readConversation(watched("client", dialect, session("a"))));
  expect(idsOf(reports, "broken")).toEqual([]);
  const held = idsOf(reports, "held");
  const ids = Object.entries(ruleIds[dialect]).flatMap(([rule, { client: id }]) =>
    rule.startsWith("request-") && id !== undefined ? [id] : [],
  );
  expect(ids.filter((one) => !held.includes(one))).toEqual([]);
});

test("what is no HTTP at all is charged to the client", () => {
  const lines: Line = [connect("a"), bytes("a", "client", "\x16\x03\x01\x00")];
  expect(chargedTo("client", "rfc6455", lines)).toEqual(["WS-HS-101"]);
});
