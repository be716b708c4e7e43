import { describe, expect, test } from "vitest";
import { readConversation } from "../judge/conversation.ts";
import {
  accept,
  close,
  connect,
  control,
  errorBody,
  event,
  type Line,
  message,
  notification,
  open,
  reply,
  request,
  rpc,
  session,
  subscribe,
  subscribed,
  tcp,
  transcriptOf,
} from "../judge/testing/script.ts";
import { hello } from "../netconf/index.ts";
import { missing, pairView, sessionIdOf, type Wanted } from "./progress.ts";

const marks = () => [{ token: "one." }, { token: "two." }];
const lacks = (wanted: Wanted, ...lines: Line[]) =>
  missing(readConversation(transcriptOf("rfc6455", ...lines)), wanted, marks);

describe("what is missing, in the order in which a pair does it", () => {
  test.each<[string, Wanted, Line[], "client" | "server", RegExp]>([
    ["nothing happened", "upgraded", [], "client", /opened no connection/],
    ["no request", "upgraded", [connect("a")], "client", /sent no opening request/],
    ["no response", "subscribed", [connect("a"), request("a")], "server", /did not answer the opening request/],
    [
      "a refusal",
      "greeted",
      [connect("a"), request("a"), accept("a", { status: 400, reason: "Bad Request" }), tcp("a", "server", "fin")],
      "server",
      /^the server refused the opening request: HTTP 400 Bad Request$/,
    ],
    ["no hello of the client", "subscribed", [open("a")], "client", /client sent no hello/],
    [
      "no hello of the server",
      "greeted",
      [open("a"), message("a", "client", hello(["urn:ietf:params:netconf:base:1.0"]))],
      "server",
      /server sent no hello/,
    ],
    ["no subscription", "subscribed", [session("a")], "client", /no create-subscription/],
    ["no reply", "subscribed", [session("a"), subscribe("a", "sub")], "server", /did not answer create-subscription/],
    [
      "an error",
      "subscribed",
      [session("a"), subscribe("a", "sub"), reply("a", "sub", errorBody("bad-element"))],
      "server",
      /refused create-subscription with bad-element$/,
    ],
    [
      "one event of two",
      { event: "live" },
      [subscribed("a"), notification("a", event("one."))],
      "server",
      /1 of 2 events "live"/,
    ],
    ["no marker", "replayComplete", [subscribed("a")], "server", /no replayComplete/],
    ["no close-session", "closed", [session("a")], "client", /no close-session/],
    [
      "no closing frame at all",
      "closed",
      [session("a"), rpc("a", "bye", { op: "<close-session/>" }), reply("a", "bye")],
      "server",
      /neither end/,
    ],
    [
      "TCP ended in place of a closing handshake",
      "closed",
      [session("a"), rpc("a", "bye", { op: "<close-session/>" }), reply("a", "bye"), tcp("a", "server", "fin")],
      "server",
      /^the server ended TCP without a closing frame$/,
    ],
    [
      "a closing frame without answer",
      "closed",
      [session("a"), rpc("a", "bye", { op: "<close-session/>" }), reply("a", "bye"), close("a", "server", 1000)],
      "client",
      /client did not answer the closing frame/,
    ],
    ["a connection that stays", "ended", [session("a")], "server", /did not end/],
  ])("%s", (_name, wanted, lines, charged, reason) => {
    const lack = lacks(wanted, ...lines);
    expect(lack).toMatchObject({ charged });
    expect(lack?.reason).toMatch(reason);
  });
});

describe("nothing is missing", () => {
  test.each<[string, Wanted, Line[]]>([
    ["upgraded", "upgraded", [open("a")]],
    ["both hellos", "greeted", [session("a")]],
    ["subscribed", "subscribed", [subscribed("a")]],
    [
      "both events",
      { event: "live" },
      [subscribed("a"), notification("a", event("one.")), notification("a", event("two."))],
    ],
    [
      "both events of that name",
      { event: "live", name: "event" },
      [subscribed("a"), notification("a", event("one.")), notification("a", event("two."))],
    ],
    ["the marker", "replayComplete", [subscribed("a"), control("a", "replayComplete")]],
    ["a reply", { reply: "create-subscription" }, [subscribed("a")]],
    [
      "a closing handshake",
      "closed",
      [
        session("a"),
        rpc("a", "bye", { op: "<close-session/>" }),
        reply("a", "bye"),
        close("a", "server", 1000),
        close("a", "client", 1000),
      ],
    ],
    ["the end", "ended", [session("a"), tcp("a", "server", "fin")]],
  ])("%s", (_name, wanted, lines) => expect(lacks(wanted, ...lines)).toBeUndefined());
});

describe("who ended the connection is charged with what is missing then", () => {
  test("a client that closes with a code", () => {
    const lack = lacks("subscribed", open("a"), close("a", "client", 1002, "no netconf"), tcp("a", "client", "fin"));
    expect(lack).toEqual({
      reason: "the client closed with code 1002 (no netconf) before that: the client sent no hello",
      charged: "client",
      over: false,
      basic: true,
    });
  });

  test("a server that resets", () => {
    const lack = lacks({ event: "live" }, subscribed("a"), tcp("a", "server", "reset"));
    expect(lack).toMatchObject({ charged: "server", over: true });
  });

  test("nothing more can come when both ends have ended", () => {
    const lines = [session("a"), tcp("a", "server", "fin"), tcp("a", "client", "fin")];
    expect(lacks("subscribed", ...lines)).toMatchObject({ over: true });
    expect(lacks("subscribed", session("a"))).toMatchObject({ over: false });
  });
});

test("an extension that both agreed on makes the rest unreadable", () => {
  const set = { "Sec-WebSocket-Extensions": "permessage-deflate" };
  const lack = lacks("subscribed", connect("a"), request("a"), accept("a", { set }));
  expect(lack).toMatchObject({ unreadable: true, over: true, reason: expect.stringMatching(/permessage-deflate/) });
});

test("the connection that was upgraded is the pair's, whatever came before it", () => {
  const conversation = readConversation(transcriptOf("rfc6455", connect("early"), session("a", 4)));
  const view = pairView(conversation);
  expect(view?.name).toBe("a");
  expect(view && sessionIdOf(view)).toBe("4");
});
