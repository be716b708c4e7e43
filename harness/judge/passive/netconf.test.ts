/** The passive checks on messages, hellos and replies: each rule kept and broken; and nobody accused of what we did. */
import { expect, test } from "vitest";
import { dialectNames } from "../../wire/index.ts";
import type { DialectName } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import { readConversation } from "../conversation.ts";
import {
  bytes,
  close,
  connect,
  errorBody,
  event,
  frame,
  joined,
  type Line,
  message,
  notification,
  open,
  reply,
  replyText,
  rpc,
  session,
  subscribed,
  tcp,
  transcriptOf,
} from "../testing/script.ts";
import { netconfReports } from "./netconf.ts";

const NC = 'xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"';
const base = "urn:ietf:params:netconf:base:1.1";
const capability = (uri: string): string => `<capability>${uri}</capability>`;
const hello = (inside: string, ns = NC): string => `<hello ${ns}>${inside}</hello>`;
const goodHello = hello(`<capabilities>${capability(base)}</capabilities><session-id>4</session-id>`);

const says = (text: string | Uint8Array): Line =>
  frame("a", "server", { kind: "text", payload: typeof text === "string" ? Buffer.from(text) : text });
/** A session on which the server's first message is that one. */
const opens = (text: string | Uint8Array): Line => [open("a"), says(text)];
const capabilities = (...uris: readonly string[]): Line =>
  opens(hello(`<capabilities>${uris.map(capability).join("")}</capabilities><session-id>4</session-id>`));
const asked = (attributes = ""): Line => [session("a"), rpc("a", "asked", { id: "1", attributes })];
const answered = (body: string, attributes = ""): Line => [asked(), reply("a", "asked", body, { attributes })];
const errorOf = (...children: readonly string[]): string => `<rpc-error>${children.join("")}</rpc-error>`;
const type = "<error-type>application</error-type>";
const tag = "<error-tag>in-use</error-tag>";
const severity = "<error-severity>error</error-severity>";

/** By requirement: conversations that break it and no other. */
const broken: Readonly<Record<string, Readonly<Record<string, Line>>>> = {
  "NC-XML-001": {
    "an ampersand": opens("<hello>&</hello>"),
    "an undeclared prefix": opens("<x:hello/>"),
    "bytes behind the root": opens(`${goodHello}x`),
    "a root that no server sends": [session("a"), says(`<rpc ${NC}/>`)],
    "a root called like a property of every object": [session("a"), says("<constructor/>"), says("<toString/>")],
    "an empty message": [session("a"), says("")],
  },
  "NC-XML-002": {
    latin1: opens(Buffer.from('<hello a="\xe9"/>', "latin1")),
    "another declared encoding": [
      session("a"),
      says(`<?xml version="1.0" encoding="iso-8859-1"?>${replyText("1", "<ok/>")}`),
    ],
  },
  "NC-XML-003": { "a DOCTYPE": opens(`<!DOCTYPE hello>${goodHello}`) },
  "IID-MSG-001": {
    "two documents": [
      asked(),
      rpc("a", "second", { id: "2" }),
      says(replyText("1", "<ok/>") + replyText("2", "<ok/>")),
    ],
    "half a document each": [
      asked(),
      says(replyText("1", "<ok/>").slice(0, 20)),
      says(replyText("1", "<ok/>").slice(20)),
    ],
  },
  "IID-MSG-002": {
    "the end mark of SSH": opens(`${goodHello}]]>]]>`),
    chunks: opens(`\n#${goodHello.length}\n${goodHello}\n##\n`),
  },
  "IID-MSG-007": {
    "a SOAP envelope": [session("a"), says('<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"/>')],
  },
  "NC-HELLO-001": {
    "another namespace": [open("a"), says(hello("", 'xmlns="urn:x"')), says(goodHello)],
    "a second hello": [session("a"), says(goodHello)],
    "no hello first": [open("a"), rpc("a", "asked"), reply("a", "asked")],
    "capabilities not first": opens(
      hello(`<session-id>4</session-id><capabilities>${capability(base)}</capabilities>`),
    ),
    "a capability that is none": opens(
      hello(`<capabilities>${capability(base)}<capability xmlns="urn:x"/></capabilities><session-id>4</session-id>`),
    ),
  },
  "NC-HELLO-004": {
    "no session-id": opens(hello(`<capabilities>${capability(base)}</capabilities>`)),
    two: opens(goodHello.replace("</hello>", "<session-id>5</session-id></hello>")),
    "in another namespace": opens(goodHello.replace("<session-id>", '<session-id xmlns="urn:x">')),
    "among the capabilities": opens(
      hello(`<capabilities>${capability(base)}<session-id>4</session-id></capabilities>`),
    ),
  },
  "NC-HELLO-005": {
    zero: opens(goodHello.replace(">4<", ">0<")),
    words: opens(goodHello.replace(">4<", ">four<")),
    "too large": opens(goodHello.replace(">4<", ">4294967296<")),
  },
  "NC-HELLO-010": { "no base": capabilities("urn:ietf:params:netconf:capability:xpath:1.0") },
  "NC-HELLO-015": { "a short name": capabilities(base, ":xpath") },
  "NTF-ILV-004": { "interleave alone": capabilities(base, "urn:ietf:params:netconf:capability:interleave:1.0") },
  "NTF-MSG-001": {
    "another namespace": [session("a"), says(`<notification ${NC}/>`)],
    "inside a reply": [
      asked(),
      says(`<rpc-reply ${NC}><notification xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"/></rpc-reply>`),
    ],
  },
  "NC-RPC-001": {
    "another namespace": [asked(), says('<rpc-reply xmlns="urn:x" message-id="1"/>')],
    "no message-id": [asked(), reply("a", "asked", "<ok/>", { id: null })],
    "an id nobody asked under": [asked(), reply("a", "asked", "<ok/>", { id: "2" })],
    "the id of another connection": [asked(), session("b"), message("b", "server", replyText("1", "<ok/>"))],
    "a reply from before the request": [
      session("a"),
      message("a", "server", replyText("1", "<ok/>")),
      rpc("a", "asked", { id: "1" }),
    ],
    "two replies, in one segment": [asked(), joined(reply("a", "asked"), reply("a", "asked"))],
    "no message-id, before what of ours is irregular": [
      asked(),
      reply("a", "asked", "<ok/>", { id: null }),
      message("a", "client", "<"),
    ],
  },
  "NC-RPC-009": {
    empty: answered(""),
    "ok next to an error": answered(`<ok/>${errorBody()}`),
    "data in another namespace": answered('<data xmlns="urn:x"/>'),
  },
  "NC-ERR-001": {
    "no severity": answered(errorOf(type, tag)),
    "another namespace": answered(`<rpc-error xmlns="urn:x">${type}${tag}${severity}</rpc-error>`),
  },
  "NC-ERR-002": { "error-info missing": answered(errorBody("bad-element")) },
  "NC-ERR-003": {
    "a type that the tag does not have": answered(errorBody("lock-denied", { info: "<session-id>1</session-id>" })),
  },
  "NC-ERR-004": { "no xml:lang": answered(errorOf(type, tag, severity, "<error-message>no</error-message>")) },
  "NC-ERR-005": { "no XPath": answered(errorOf(type, tag, severity, "<error-path>/a[</error-path>")) },
  "NC-ERR-006": { "partial-operation": answered(errorBody("partial-operation")) },
  "NC-RPC-004": {
    "an attribute lost": [asked('note="n"'), reply("a", "asked")],
    "an attribute altered": [asked('note="n"'), reply("a", "asked", "<ok/>", { attributes: 'note="m"' })],
  },
  "NC-RPC-005": { "a declaration lost": [asked('xmlns:x="urn:x"'), reply("a", "asked")] },
  "NC-RPC-006": {
    "an attribute lost on an error": [asked('note="n"'), reply("a", "asked", errorBody())],
    "on an error without message-id": [
      session("a"),
      rpc("a", "asked", { message: `<rpc ${NC} note="n"><get/></rpc>` }),
      reply("a", "asked", errorBody(), { id: null }),
    ],
  },
};

function reportsOn(dialect: DialectName, ...lines: readonly Line[]): Report[] {
  return netconfReports(readConversation(transcriptOf(dialect, lines)));
}
const charged = (reports: readonly Report[]): string[] => [
  ...new Set(reports.filter(({ outcome }) => outcome === "broken").map(({ requirement }) => requirement)),
];

test.each(
  Object.entries(broken).flatMap(([id, kinds]) => Object.entries(kinds).map(([what, lines]) => ({ id, what, lines }))),
)("$id broken: $what", ({ id, lines }) => expect(charged(reportsOn("rfc6455", lines))).toEqual([id]));

test.each(["rfc6455", "hybi-06"] as const)("%s: IID-MSG-004 broken: a binary message", (dialect) => {
  const lines = [open("a"), frame("a", "server", { kind: "binary", payload: Buffer.from(goodHello) })];
  expect(charged(reportsOn(dialect, lines))).toEqual(["IID-MSG-004"]);
});

/** A conversation in which all of them are kept and seen kept. */
const clean: Line = [
  session("a"),
  rpc("a", "asked", { attributes: 'note="n" xmlns:x="urn:x"' }),
  reply("a", "asked", "<data/>", { attributes: 'note="n" xmlns:y="urn:x"' }),
  rpc("a", "denied", { attributes: 'note="n"' }),
  reply(
    "a",
    "denied",
    errorOf(type, tag, severity, "<error-path>/a</error-path>", '<error-message xml:lang="en">no</error-message>'),
    { attributes: 'note="n"' },
  ),
  notification("a", event("t.")),
];

test.each(dialectNames)("%s: a clean conversation keeps them all", (dialect) => {
  const reports = reportsOn(dialect, clean);
  expect(charged(reports)).toEqual([]);
  const held = new Set(reports.map(({ requirement }) => requirement));
  expect([...Object.keys(broken), "IID-MSG-004"].filter((id) => !held.has(id))).toEqual([]);
});

const illFormed = rpc("a", "asked", { message: `<rpc ${NC} message-id="1"><get>` });
const malformed = errorBody("malformed-message", { type: "rpc" });

const innocent: Readonly<Record<string, Line>> = {
  "nothing at all": [],
  "a connection that was never opened": [connect("a"), tcp("a", "server", "reset")],
  "a reply without message-id after an ill-formed rpc": [
    session("a"),
    illFormed,
    reply("a", "asked", malformed, { id: null }),
  ],
  "a reply with the message-id of an ill-formed rpc": [
    session("a"),
    illFormed,
    reply("a", "asked", malformed, { id: "1" }),
  ],
  "a reply without message-id to an rpc without one": [
    session("a"),
    rpc("a", "asked", { message: `<rpc ${NC}><get/></rpc>` }),
    reply(
      "a",
      "asked",
      errorBody("missing-attribute", {
        type: "rpc",
        info: "<bad-attribute>message-id</bad-attribute><bad-element>rpc</bad-element>",
      }),
      { id: null },
    ),
  ],
  "attributes of one of two inputs without message-id": [
    session("a"),
    rpc("a", "asked", { message: `<rpc ${NC} note="n"><get/></rpc>` }),
    message("a", "client", "<"),
    reply("a", "asked", malformed, { id: null }),
  ],
  "a message-id used twice by us": [
    session("a"),
    rpc("a", "one", { id: "1" }),
    rpc("a", "two", { id: "1" }),
    joined(reply("a", "one"), reply("a", "two")),
  ],
  "an rpc that our own reader cannot take": [
    session("a"),
    rpc("a", "asked", { id: "1", message: "" }),
    bytes("a", "client", "\x81\xfe\x00"),
    reply("a", "asked"),
  ],
  "notifications between the replies": [
    subscribed("a"),
    rpc("a", "one"),
    rpc("a", "two"),
    joined(reply("a", "one"), notification("a", event("t.")), reply("a", "two"), notification("a", event("u."))),
  ],
  "our early close in the middle of a reply": [
    asked(),
    bytes("a", "server", "\x81\x7e\x01\x00<rpc-reply"),
    close("a", "client"),
    tcp("a", "client", "reset"),
  ],
  "a refusal with a body": [connect("a"), bytes("a", "server", "HTTP/1.1 400 Bad Request\r\n\r\n\x81\x01<")],
  "a message with more nodes than are read": [asked(), reply("a", "asked", `<data>${"<x/>".repeat(200_001)}</data>`)],
  "a comment and a processing instruction before the root": [
    session("a"),
    [rpc("a", "asked", { id: "1" }), says(`<?xml version="1.0"?><!-- c --><?pi?>${replyText("1", "<ok/>")}`)],
  ],
};

test.each(Object.entries(innocent))("%s accuses nobody", (_what, lines) => {
  expect(charged(reportsOn("rfc6455", lines))).toEqual([]);
});

test("a flood of replies is one finding for each message-id, not a flood of work", () => {
  const flood = Array.from({ length: 1000 }, (_, index) => message("a", "server", replyText(`${index}`, "<ok/>")));
  const reports = reportsOn("hybi-00", session("a"), flood);
  expect(charged(reports)).toEqual(["NC-RPC-001"]);
  expect(reports.filter(({ outcome }) => outcome === "broken")).toHaveLength(1000);
});
