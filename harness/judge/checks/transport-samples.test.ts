/** Every check on control frames, closing and TCP: where it holds, where it is broken, where it saw nothing. */
import { expect, test } from "vitest";
import type { DialectName } from "../../wire/types.ts";
import { lacking, rowsOf, type Samples } from "../testing/sample.ts";
import {
  close,
  connect,
  errorBody,
  frame,
  joined,
  type Line,
  message,
  notification,
  open,
  reply,
  rpc,
  session,
  step,
  tcp,
} from "../testing/script.ts";
import * as transport from "./transport.ts";

const withControlFrames: readonly DialectName[] = ["rfc6455", "hybi-06"];
const text = (payload: string): Uint8Array => Buffer.from(payload);
const ping = (conn: string, label: string, payload = label): Line => [
  step("ping", conn, label, { payload: Buffer.from(payload).toString("hex") }),
  frame(conn, "client", { kind: "ping", payload: text(payload) }),
];
const ponged = (conn: string, payload: string): Line => frame(conn, "server", { kind: "pong", payload: text(payload) });
const bad = (conn: string): Line => [step("send", conn, "bad"), message(conn, "client", "<")];
const fin = (conn: string): Line => tcp(conn, "server", "fin");

const samples: Readonly<Record<string, Samples>> = {
  pong: {
    holds: {
      "its own payload": {
        args: { to: "p" },
        dialects: withControlFrames,
        lines: [session("a"), ping("a", "p"), ponged("a", "p")],
      },
      "after an unasked one": {
        args: { to: "p" },
        dialects: withControlFrames,
        lines: [session("a"), ping("a", "p"), joined(ponged("a", "other"), ponged("a", "p"))],
      },
      "the end of TCP in place of it": {
        args: { to: "p", orEnd: true },
        dialects: withControlFrames,
        lines: [session("a"), ping("a", "p"), tcp("a", "server", "fin")],
      },
      "before the reply, in one segment": {
        args: { to: "p", before: "asked" },
        dialects: withControlFrames,
        lines: [session("a"), ping("a", "p"), rpc("a", "asked"), joined(ponged("a", "p"), reply("a", "asked"))],
      },
      "inside the reply": {
        args: { to: "p", before: "asked" },
        dialects: withControlFrames,
        lines: [
          session("a"),
          ping("a", "p"),
          rpc("a", "asked", { id: "1" }),
          joined(
            frame("a", "server", {
              kind: "text",
              fin: false,
              payload: text('<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="1">'),
            }),
            ponged("a", "p"),
            frame("a", "server", { kind: "continuation", payload: text("<ok/></rpc-reply>") }),
          ),
        ],
      },
    },
    broken: {
      "the end of TCP, where a pong alone is right": {
        args: { to: "p" },
        dialects: withControlFrames,
        lines: [session("a"), ping("a", "p"), tcp("a", "server", "fin")],
        message: "A ping was not answered with a pong",
      },
      "no pong": {
        args: { to: "p" },
        dialects: withControlFrames,
        lines: [session("a"), ping("a", "p")],
        message: "A ping was not answered with a pong",
      },
      "a pong on another connection": {
        args: { to: "p" },
        dialects: withControlFrames,
        lines: [session("a"), session("b"), ping("a", "p"), ponged("b", "p")],
        message: "A ping was not answered with a pong",
      },
      "a pong from before the ping": {
        args: { to: "p" },
        dialects: withControlFrames,
        lines: [session("a"), ponged("a", "p"), ping("a", "p")],
        message: "A ping was not answered with a pong",
      },
      "another payload": {
        args: { to: "p" },
        dialects: withControlFrames,
        lines: [session("a"), ping("a", "p"), ponged("a", "q")],
        message: "The pong does not carry the payload of the ping",
      },
      "behind the reply, in one segment": {
        args: { to: "p", before: "asked" },
        dialects: withControlFrames,
        lines: [session("a"), ping("a", "p"), rpc("a", "asked"), joined(reply("a", "asked"), ponged("a", "p"))],
        message: "A pong waited for data that was asked for later",
      },
    },
    unseen: { "no ping": { args: { to: "p" }, lines: session("a") } },
  },
  "no-frame": {
    holds: {
      "none before a reply": {
        args: { on: "a", kind: "pong", after: "bad", until: "probe" },
        dialects: withControlFrames,
        lines: [session("a"), ponged("a", "p"), bad("a"), rpc("a", "probe"), reply("a", "probe")],
      },
      "none before the end": { args: { kind: "text", after: "bad" }, lines: [session("a"), bad("a"), fin("a")] },
      "as many as are tolerated": {
        args: { on: "a", kind: "pong", after: "bad", tolerate: 1 },
        dialects: withControlFrames,
        lines: [session("a"), bad("a"), ponged("a", "p"), fin("a")],
      },
      "none before the close frame": {
        args: { kind: "text", after: "bad" },
        lines: [session("a"), bad("a"), close("a", "server", 1002)],
      },
    },
    broken: {
      "one came": {
        args: { on: "a", kind: "pong", after: "bad", until: "probe" },
        dialects: withControlFrames,
        lines: [session("a"), bad("a"), rpc("a", "probe"), joined(ponged("a", "p"), reply("a", "probe"))],
        message: "A pong frame came that must not",
      },
    },
    unseen: {
      "no such step": { args: { on: "a", kind: "pong", after: "bad" }, lines: [session("a"), fin("a")] },
      "the probe was not answered": {
        args: { on: "a", kind: "pong", after: "bad", until: "probe" },
        lines: [session("a"), bad("a"), rpc("a", "probe")],
      },
      "nothing later proves it": { args: { on: "a", kind: "pong", after: "bad" }, lines: [session("a"), bad("a")] },
    },
  },
  failed: {
    holds: {
      "a close frame": {
        args: { after: "bad", probe: "probe" },
        lines: [session("a"), bad("a"), close("a", "server", 1002), rpc("a", "probe")],
      },
      "the end of TCP": { args: { after: "bad" }, lines: [session("a"), bad("a"), fin("a")] },
      "a reset": { args: { after: "bad" }, lines: [session("a"), bad("a"), tcp("a", "server", "reset")] },
      "an error without message-id for the bad input first": {
        args: { after: "bad", probe: "probe" },
        lines: [
          session("a"),
          rpc("a", "bad", { message: "<rpc>" }),
          rpc("a", "probe"),
          joined(
            reply("a", "bad", errorBody("malformed-message", { type: "rpc" }), { id: null }),
            close("a", "server"),
          ),
        ],
      },
    },
    broken: {
      "the probe was answered": {
        args: { after: "bad", probe: "probe" },
        lines: [session("a"), bad("a"), rpc("a", "probe"), reply("a", "probe")],
        message: "The target went on working after input on which it has to fail the connection",
      },
      "the probe was answered, and the connection closed in the same segment": {
        args: { after: "bad", probe: "probe" },
        lines: [session("a"), bad("a"), rpc("a", "probe"), joined(reply("a", "probe"), close("a", "server", 1002))],
        message: "The target went on working after input on which it has to fail the connection",
      },
      silence: {
        args: { after: "bad", probe: "probe" },
        lines: [session("a"), bad("a"), rpc("a", "probe")],
        message: "The target neither failed the connection nor answered",
      },
      "our own end is none of the target's": {
        args: { after: "bad" },
        lines: [session("a"), bad("a"), close("a", "client"), tcp("a", "client", "fin")],
        message: "The target neither failed the connection nor answered",
      },
      "another connection was closed": {
        args: { after: "bad" },
        lines: [session("a"), session("b"), bad("a"), close("b", "server", 1002), fin("b")],
        message: "The target neither failed the connection nor answered",
      },
    },
    unseen: {
      "no such step": { args: { after: "bad" }, lines: [session("a"), fin("a")] },
      "the connection had ended before": { args: { after: "bad" }, lines: [session("a"), fin("a"), bad("a")] },
    },
  },
  closed: {
    holds: {
      "a close frame": { args: { on: "a" }, lines: [session("a"), close("a", "server", 1000)] },
      "the end of TCP after the step": { args: { on: "a", after: "bad" }, lines: [session("a"), bad("a"), fin("a")] },
      "the end of TCP before anything was opened": { args: { on: "a" }, lines: [connect("a"), fin("a")] },
    },
    broken: {
      "open still": { args: { on: "a" }, lines: session("a"), message: "The target did not close the connection" },
      "closed before the step only": {
        args: { on: "a", after: "bad" },
        lines: [session("a"), close("a", "server"), bad("a")],
        message: "The target did not close the connection",
      },
    },
    unseen: {
      "not connected": { args: { on: "a" }, lines: tcp("a", "client", "refused") },
      "no such step": { args: { on: "a", after: "bad" }, lines: [session("a"), fin("a")] },
    },
  },
  "close-answered": {
    holds: {
      "by a close frame": {
        args: { on: "a" },
        lines: [session("a"), close("a", "client", 1000), close("a", "server", 1000)],
      },
    },
    broken: {
      "by the end of TCP alone": {
        args: { on: "a" },
        lines: [session("a"), close("a", "client", 1000), fin("a")],
        message: "Our close frame was not answered",
      },
      "by another connection": {
        args: { on: "a" },
        lines: [session("a"), session("b"), close("a", "client"), close("b", "server")],
        message: "Our close frame was not answered",
      },
    },
    unseen: { "we did not close": { args: { on: "a" }, lines: [session("a"), close("a", "server")] } },
  },
  "close-frame": {
    holds: {
      "before the end of TCP": { args: { on: "a" }, lines: [session("a"), close("a", "server", 1000), fin("a")] },
      "in the segment of a reply": {
        args: { on: "a" },
        lines: [session("a"), rpc("a", "bye"), joined(reply("a", "bye"), close("a", "server")), fin("a")],
      },
    },
    broken: {
      "the end of TCP alone": {
        args: { on: "a" },
        lines: [session("a"), fin("a")],
        message: "The connection ended without a close frame",
      },
    },
    unseen: { "not opened": { args: { on: "a" }, lines: [connect("a"), fin("a")] } },
  },
  "close-code": {
    holds: {
      "one of those": {
        args: { on: "a", oneOf: [1000, 1001] },
        dialects: withControlFrames,
        lines: [session("a"), close("a", "server", 1001)],
      },
      none: { args: { on: "a", oneOf: ["none"] }, lines: [session("a"), close("a", "server")] },
      "not one of those": {
        args: { on: "a", not: [1005] },
        dialects: withControlFrames,
        lines: [session("a"), close("a", "server", 1000)],
      },
      "the end of TCP, where that is enough": {
        args: { on: "a", oneOf: [1002], optional: true },
        lines: [session("a"), fin("a")],
      },
    },
    broken: {
      another: {
        args: { on: "a", oneOf: [1002], optional: true },
        dialects: withControlFrames,
        lines: [session("a"), close("a", "server", 1000), fin("a")],
        message: "The close frame carries another code",
      },
      "one that is excluded": {
        args: { on: "a", not: [1000, "none"] },
        lines: [session("a"), close("a", "server")],
        message: "The close frame carries another code",
      },
    },
    unseen: {
      "no close frame": { args: { on: "a", oneOf: [1000] }, lines: [session("a"), fin("a")] },
      "neither close frame nor end": { args: { on: "a", oneOf: [1000], optional: true }, lines: session("a") },
    },
  },
  "close-reason": {
    holds: {
      text: {
        args: { on: "a" },
        dialects: withControlFrames,
        lines: [session("a"), close("a", "server", 1000, "auf Wiedersehen, 再见")],
      },
      none: { args: { on: "a" }, lines: [session("a"), close("a", "server")] },
    },
    broken: {
      "a control character": {
        args: { on: "a" },
        dialects: withControlFrames,
        lines: [session("a"), close("a", "server", 1000, "bye\0")],
        message: "The reason of a close frame is no text",
      },
    },
    unseen: { "no close frame": { args: { on: "a" }, lines: [session("a"), fin("a")] } },
  },
  closes: {
    holds: {
      "as many as may": {
        args: { on: "a", max: 1 },
        lines: [session("a"), close("a", "server"), close("a", "client")],
      },
      none: { args: { on: "a", max: 1 }, lines: session("a") },
    },
    broken: {
      "one more, in the same segment": {
        args: { on: "a", max: 1 },
        lines: [session("a"), joined(close("a", "server", 1000), close("a", "server", 1000))],
        message: "More close frames came than may",
      },
    },
    unseen: { "not connected": { args: { on: "a", max: 1 }, lines: session("b") } },
  },
  "tcp-closed": {
    holds: { "by the target": { args: { on: "a" }, lines: [session("a"), fin("a")] } },
    broken: {
      "by us only": {
        args: { on: "a" },
        lines: [session("a"), close("a", "server"), tcp("a", "client", "fin")],
        message: "The target did not close TCP",
      },
    },
    unseen: { "not connected": { args: { on: "a" }, lines: session("b") } },
  },
  "waits-for-close": {
    holds: {
      "until ours has come": {
        args: { on: "a" },
        lines: [session("a"), close("a", "server"), close("a", "client"), fin("a")],
      },
      "and longer": { args: { on: "a" }, lines: [session("a"), close("a", "server"), close("a", "client")] },
      "ours was first": {
        args: { on: "a" },
        lines: [session("a"), close("a", "client"), close("a", "server"), fin("a")],
      },
      "one direction was ended, the other one not": {
        args: { on: "a" },
        lines: [session("a"), close("a", "server"), fin("a"), close("a", "client")],
      },
    },
    broken: {
      "the end right behind the close frame": {
        args: { on: "a" },
        lines: [session("a"), close("a", "server"), fin("a")],
        message: "TCP was closed before our close frame could come",
      },
      "the end right behind the close frame, and ours reset": {
        args: { on: "a" },
        lines: [session("a"), close("a", "server"), fin("a"), close("a", "client"), tcp("a", "server", "reset")],
        message: "TCP was closed before our close frame could come",
      },
    },
    unseen: { "no close frame of the target": { args: { on: "a" }, lines: [session("a"), fin("a")] } },
  },
  "not-delivered": {
    holds: {
      "a later probe was answered": {
        args: { rpc: "bad", probe: "probe" },
        lines: [session("a"), rpc("a", "bad"), rpc("a", "probe"), reply("a", "probe")],
      },
      "the connection was ended": { args: { rpc: "bad" }, lines: [session("a"), rpc("a", "bad"), fin("a")] },
      "an error, where that is allowed": {
        args: { rpc: "bad", probe: "probe", errors: true },
        lines: [session("a"), rpc("a", "bad"), reply("a", "bad", errorBody()), rpc("a", "probe"), reply("a", "probe")],
      },
    },
    broken: {
      "it was answered": {
        args: { rpc: "bad", probe: "probe" },
        lines: [session("a"), rpc("a", "bad"), rpc("a", "probe"), joined(reply("a", "bad"), reply("a", "probe"))],
        message: "Input that is no message was taken as one",
      },
      "it was refused, and closed in the same segment": {
        args: { rpc: "bad" },
        lines: [session("a"), rpc("a", "bad"), joined(reply("a", "bad", errorBody()), close("a", "server"))],
        message: "Input that is no message was taken as one",
      },
      "it was carried out, where an error is allowed": {
        args: { rpc: "bad", errors: true },
        lines: [session("a"), rpc("a", "bad"), reply("a", "bad"), fin("a")],
        message: "Input that is no message was taken as one",
      },
    },
    unseen: {
      "not sent": { args: { rpc: "bad" }, lines: [session("a"), fin("a")] },
      "sent into a connection that was over": {
        args: { rpc: "bad" },
        lines: [session("a"), fin("a"), rpc("a", "bad", { message: "" })],
      },
      "nothing came behind it": { args: { rpc: "bad", probe: "probe" }, lines: [session("a"), rpc("a", "bad")] },
    },
  },
  silent: {
    holds: {
      "nothing until the end": {
        args: { on: "a", after: "bad" },
        lines: [session("a"), notification("a", "<x/>"), bad("a"), fin("a")],
      },
    },
    broken: {
      "a message": {
        args: { after: "bad" },
        lines: [session("a"), bad("a"), notification("a", "<x/>"), fin("a")],
        message: "A message came where none may",
      },
    },
    unseen: {
      "no such step": { args: { on: "a", after: "bad" }, lines: [open("a"), fin("a")] },
      "it did not end": { args: { on: "a", after: "bad" }, lines: [session("a"), bad("a")] },
    },
  },
};

test.each(rowsOf(samples))("$title", ({ reports, expected }) => {
  expect(reports()).toEqual([expect.objectContaining(expected)]);
});

test("every check of the transport has samples of every kind", () => expect(lacking(samples, transport)).toEqual([]));
