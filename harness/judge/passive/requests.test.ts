/** The passive checks on a client's messages: each rule kept and broken; and nobody accused of what a server did. */
import { expect, test } from "vitest";
import { dialectNames } from "../../wire/index.ts";
import type { DialectName } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import { readConversation } from "../conversation.ts";
import { passiveReports } from "../judge.ts";
import {
  accept,
  bytes,
  close,
  connect,
  control,
  errorBody,
  event,
  type Line,
  message,
  notification,
  open,
  ourCapabilities,
  reply,
  request,
  rpc,
  serverCapabilities,
  session,
  subscribe,
  subscribed,
  tcp,
  watched,
} from "../testing/script.ts";

const NC = 'xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"';
const NN = 'xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"';
const capability = (uri: string): string => `<capability>${uri}</capability>`;
const helloOf = (inside: string): string => `<hello ${NC}>${inside}</hello>`;
const listOf = (uris: readonly string[]): string => `<capabilities>${uris.map(capability).join("")}</capabilities>`;
const says = (text: string): Line => message("a", "client", text);
const ours = listOf(ourCapabilities);
const serverHello = (uris: readonly string[] = serverCapabilities): Line =>
  message("a", "server", helloOf(`${listOf(uris)}<session-id>7</session-id>`));
const sessionOf = (text: string): Line => [open("a"), says(text), serverHello()];
const subscription = (inside: string, ns = NN): Line => [
  session("a"),
  rpc("a", "asked", { op: `<create-subscription ${ns}>${inside}</create-subscription>` }),
];
const early = "<startTime>2026-01-01T00:00:00Z</startTime>";
const late = "<stopTime>2026-01-01T01:00:00Z</stopTime>";

/** By requirement: conversations in which the client breaks it and no other. */
const broken: Readonly<Record<string, Readonly<Record<string, Line>>>> = {
  "NC-HELLO-001": {
    "an rpc first": [open("a"), serverHello(), rpc("a", "asked"), reply("a", "asked")],
    "a second hello": [session("a"), says(helloOf(ours))],
  },
  "NC-HELLO-007": { "a session-id": sessionOf(helloOf(`${ours}<session-id>1</session-id>`)) },
  "NC-HELLO-010": { "no base": sessionOf(helloOf(listOf(["urn:x:y"]))) },
  "NC-HELLO-015": { "a short name": sessionOf(helloOf(listOf([...ourCapabilities, ":xpath"]))) },
  "NC-XML-001": {
    "no XML": [session("a"), says("<rpc>")],
    "a notification out of nothing": [session("a"), says(`<notification ${NN}/>`)],
  },
  "NC-XML-009": {
    "an rpc in another namespace": [session("a"), says('<rpc xmlns="urn:x" message-id="1"><get/></rpc>')],
  },
  "IID-MSG-002": { "the end mark of SSH": sessionOf(`${helloOf(ours)}]]>]]>`) },
  "IID-SES-001": {
    "an rpc before the server's hello": [open("a"), says(helloOf(ours)), rpc("a", "a1"), serverHello()],
  },
  "IID-HS-004": {
    "NETCONF without the subprotocol": [
      connect("a"),
      request("a"),
      accept("a", { set: { "Sec-WebSocket-Protocol": null } }),
      says(helloOf(ours)),
      serverHello(),
    ],
  },
  "NC-RPC-011": {
    "no message-id": [session("a"), says(`<rpc ${NC}><get/></rpc>`)],
    "a message-id in a namespace": [session("a"), says(`<rpc ${NC} xmlns:n="urn:n" n:message-id="1"><get/></rpc>`)],
    "a message-id of 4096 characters": [session("a"), says(`<rpc ${NC} message-id="${"x".repeat(4096)}"><get/></rpc>`)],
  },
  "NC-RPC-012": {
    "an id of an outstanding request": [session("a"), rpc("a", "x", { id: "1" }), rpc("a", "y", { id: "1" })],
  },
  "NC-SES-008": {
    "an rpc after close-session": [session("a"), rpc("a", "end", { op: "<close-session/>" }), rpc("a", "late")],
  },
  "NTF-CAP-003": {
    "no :notification": [open("a"), says(helloOf(ours)), serverHello(ourCapabilities), subscribe("a", "s")],
  },
  "NTF-SUB-018": {
    "another namespace": subscription("", NC),
    "a filter in another namespace": subscription(`<filter ${NC}/>`),
    "stopTime alone": subscription(late),
    "stopTime before startTime": subscription(
      "<startTime>2026-01-01T02:00:00Z</startTime><stopTime>2026-01-01T03:00:00+02:00</stopTime>",
    ),
    "a time without offset": subscription("<startTime>2026-01-01T00:00:00</startTime>"),
    "another order": subscription(`${early}<stream>NETCONF</stream>`),
    "two streams": subscription("<stream>NETCONF</stream><stream>NETCONF</stream>"),
  },
  "NTF-MSG-009": {
    "an answer": [
      subscribed("a"),
      notification("a", event("t.")),
      says(`<rpc-reply ${NC} message-id="1"><ok/></rpc-reply>`),
    ],
  },
};

function reportsOn(dialect: DialectName, ...lines: readonly Line[]): Report[] {
  return passiveReports(readConversation(watched("client", dialect, lines)));
}
const charged = (reports: readonly Report[]): string[] => [
  ...new Set(reports.filter(({ outcome }) => outcome === "broken").map(({ requirement }) => requirement)),
];

const rows = Object.entries(broken).flatMap(([id, kinds]) =>
  Object.entries(kinds).map(([what, lines]) => ({ id, what, lines })),
);
test.each(rows.flatMap((row) => dialectNames.map((dialect) => ({ ...row, dialect }))))(
  "$dialect, $id broken: $what",
  ({ id, lines, dialect }) => expect(charged(reportsOn(dialect, lines))).toEqual([id]),
);

/** A whole session, all rules kept and seen kept. */
const clean: Line = [
  session("a"),
  rpc("a", "one", { attributes: 'note="n"' }),
  rpc("a", "two"),
  reply("a", "one"),
  reply("a", "two", "<data/>"),
  subscribe("a", "s", { stream: "NETCONF", startTime: "2026-01-01T00:00:00Z", stopTime: "2026-01-02T00:00:00+01:00" }),
  reply("a", "s"),
  notification("a", event("t.")),
  control("a", "replayComplete"),
  rpc("a", "end", { op: "<close-session/>" }),
  reply("a", "end"),
  close("a", "server", 1000),
  close("a", "client", 1000),
  tcp("a", "server", "fin"),
  tcp("a", "client", "fin"),
];

test.each(dialectNames)("%s: a clean session keeps them all", (dialect) => {
  const reports = reportsOn(dialect, clean);
  expect(charged(reports)).toEqual([]);
  const held = new Set(reports.map(({ requirement }) => requirement));
  expect(Object.keys(broken).filter((id) => !held.has(id))).toEqual(
    ["NC-XML-001", "NC-XML-009"].filter((id) => !held.has(id)),
  );
});

const innocent: Readonly<Record<string, Line>> = {
  "nothing at all": [],
  "a connection that was only opened": [connect("a"), tcp("a", "client", "fin")],
  "a hello, and a server that says nothing": [open("a"), says(helloOf(ours)), tcp("a", "client", "fin")],
  "a message-id used again when it was answered": [
    session("a"),
    rpc("a", "x", { id: "1" }),
    reply("a", "x"),
    rpc("a", "y", { id: "1" }),
  ],
  "an rpc after a close-session that was refused": [
    session("a"),
    rpc("a", "end", { op: "<close-session/>" }),
    reply("a", "end", errorBody("in-use")),
    rpc("a", "more"),
  ],
  "an operation of another model": [session("a"), rpc("a", "x", { op: '<reboot xmlns="urn:x"><now/></reboot>' })],
  "what a server does wrong": [
    session("a"),
    message("a", "server", "<"),
    notification("a", event("t.")),
    bytes("a", "server", "\x8b\x80\x00\x00\x00\x00"),
  ],
  "a refusal, and another request on the same connection": [
    connect("a"),
    request("a"),
    bytes("a", "server", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
    bytes("a", "client", "GET /netconf HTTP/1.1\r\nHost: a\r\n\r\n"),
  ],
};

test.each(
  Object.entries(innocent).flatMap(([what, lines]) => dialectNames.map((dialect) => ({ what, dialect, lines }))),
)("$dialect: $what accuses nobody", ({ dialect, lines }) => expect(charged(reportsOn(dialect, lines))).toEqual([]));
