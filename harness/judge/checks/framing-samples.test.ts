/** Every check on how frames are written and taken: where it holds, where it is broken, where it saw nothing. */
import { expect, test } from "vitest";
import { hello } from "../../netconf/index.ts";
import { dialects } from "../../wire/index.ts";
import type { DialectName } from "../../wire/types.ts";
import { lacking, rowsOf, type Samples } from "../testing/sample.ts";
import {
  bytes,
  close,
  connect,
  cut,
  errorBody,
  frame,
  joined,
  type Line,
  message,
  open,
  reply,
  replyText,
  rpc,
  serverCapabilities,
  session,
  step,
  tcp,
} from "../testing/script.ts";
import * as framing from "./framing.ts";

const withControlFrames: readonly DialectName[] = ["rfc6455", "hybi-06"];
const fin = tcp("a", "server", "fin");
const text = (payload: string): Uint8Array => Buffer.from(payload);
const ping = (payload: string): Line => frame("a", "client", { kind: "ping", payload: text(payload) });
const ponged = (payload: string): Line => frame("a", "server", { kind: "pong", payload: text(payload) });
const burst: Line = [session("a"), step("send", "a", "burst"), ping("1"), ping("2"), ping("3")];

/** A reply to the rpc `1` in two frames, with something between them. */
const fragmented = (between: Line, body = "<ok/>"): Line => {
  const whole = replyText("1", body);
  return joined(
    frame("a", "server", { kind: "text", fin: false, payload: text(whole.slice(0, 40)) }),
    between,
    frame("a", "server", { kind: "continuation", payload: text(whole.slice(40)) }),
  );
};
const asked: Line = [session("a"), rpc("a", "asked", { id: "1", attributes: 'note="n" xmlns:x="urn:x" x:note="m"' })];
const echoed = 'x:note="m" note="n" xmlns:x="urn:x"';
const theirHello = hello(serverCapabilities, 7);
const encoded = (dialect: DialectName, from: "client" | "server"): Uint8Array =>
  dialects[dialect].encode({ kind: "text", payload: text(theirHello) }, from, (size) => Buffer.alloc(size, 9));

const samples: Readonly<Record<string, Samples>> = {
  arrived: {
    holds: {
      "a reply": { args: { to: "asked" }, lines: [asked, reply("a", "asked")] },
      "an error of another kind": { args: { to: "asked" }, lines: [asked, reply("a", "asked", errorBody("too-big"))] },
    },
    broken: {
      "called malformed": {
        args: { to: "asked" },
        lines: [asked, reply("a", "asked", errorBody("malformed-message"), { id: null })],
        message: "An rpc did not arrive whole",
      },
      "an end instead": { args: { to: "asked" }, lines: [asked, fin], message: "An rpc did not arrive whole" },
    },
    unseen: { "not sent": { args: { to: "asked" }, lines: session("a") } },
  },
  intact: {
    holds: {
      "in one frame": { args: { to: "asked" }, lines: [asked, reply("a", "asked", "<ok/>", { attributes: echoed })] },
      "in two frames around a pong": {
        args: { to: "asked", min: 40 },
        dialects: withControlFrames,
        lines: [asked, fragmented(ponged("x"))],
      },
      "byte for byte": { args: { to: "asked" }, lines: [asked, cut(1, reply("a", "asked"))] },
      "damage in one frame, where only fragments are asked about": {
        args: { to: "asked", fragmented: true },
        lines: [asked, reply("a", "asked", "<ok/>", { attributes: 'note="N"' })],
      },
    },
    broken: {
      "an attribute altered": {
        args: { to: "asked" },
        lines: [asked, reply("a", "asked", "<ok/>", { attributes: 'note="N"' })],
        message: "The reply came with the attribute note altered",
      },
      "no XML": {
        args: { to: "asked" },
        lines: [asked, message("a", "server", "<rpc-reply")],
        message: "The reply came damaged",
      },
      "a fragment lost": {
        args: { to: "asked", fragmented: true },
        dialects: withControlFrames,
        lines: [asked, fragmented([], "<ok/><")],
        message: "The reply came damaged",
      },
      "no frame": {
        args: { to: "asked" },
        dialects: ["rfc6455"],
        lines: [asked, bytes("a", "server", "\x8b\x00")],
        message: "In place of the reply came what is no frame",
      },
      "half a frame": {
        args: { to: "asked" },
        lines: [asked, bytes("a", "server", "\x00")],
        dialects: ["hybi-00"],
        message: "The reply did not come to its end",
      },
      "a frame that promises more": {
        args: { to: "asked" },
        lines: [asked, frame("a", "server", { kind: "text", declaredLength: 100n, payload: text("<rpc") })],
        dialects: withControlFrames,
        message: "The reply did not come to its end",
      },
    },
    unseen: {
      "not sent": { args: { to: "asked" }, lines: session("a") },
      "not answered": { args: { to: "asked" }, lines: asked },
      "too small to say anything": { args: { to: "asked", min: 4000 }, lines: [asked, reply("a", "asked")] },
    },
  },
  pongs: {
    holds: {
      "each of them": {
        args: { after: "burst" },
        dialects: withControlFrames,
        lines: [burst, joined(ponged("1"), ponged("2"), ponged("3"))],
      },
      "the last alone": { args: { after: "burst" }, dialects: withControlFrames, lines: [burst, ponged("3")] },
      "an unasked one between": {
        args: { after: "burst" },
        dialects: withControlFrames,
        lines: [burst, ponged("1"), ponged("x"), ponged("3")],
      },
    },
    broken: {
      "the last is missing": {
        args: { after: "burst" },
        dialects: withControlFrames,
        lines: [burst, ponged("1"), ponged("2")],
        message: "The last of several pings was not answered",
      },
      "none came": {
        args: { after: "burst" },
        dialects: withControlFrames,
        lines: burst,
        message: "The last of several pings was not answered",
      },
      "in another order, in one segment": {
        args: { after: "burst" },
        dialects: withControlFrames,
        lines: [burst, joined(ponged("2"), ponged("1"), ponged("3"))],
        message: "A pong repeats the payload of a ping that was past",
      },
    },
    unseen: {
      "no ping went out": { args: { after: "burst" }, lines: [session("a"), step("send", "a", "burst")] },
      "no such step": { args: { after: "burst" }, lines: session("a") },
    },
  },
  settled: {
    holds: {
      answered: { args: { to: "asked" }, lines: [asked, reply("a", "asked", errorBody())] },
      closed: { args: { to: "asked" }, lines: [asked, close("a", "server")] },
    },
    broken: {
      "left lying": {
        args: { to: "asked" },
        lines: [asked, rpc("a", "other"), reply("a", "other")],
        message: "A request was neither answered nor the connection ended",
      },
    },
    unseen: { "not sent": { args: { to: "asked" }, lines: session("a") } },
  },
  survives: {
    holds: {
      "the probe was answered": {
        args: { after: "odd", probe: "probe" },
        lines: [session("a"), step("send", "a", "odd"), rpc("a", "probe"), reply("a", "probe")],
      },
      "NETCONF ended the session": {
        args: { after: "odd", probe: "probe" },
        lines: [session("a"), step("send", "a", "odd"), rpc("a", "probe"), close("a", "server", 1008)],
      },
    },
    broken: {
      "the end of TCP": {
        args: { after: "odd", probe: "probe" },
        lines: [session("a"), step("send", "a", "odd"), rpc("a", "probe"), fin],
        message: "Legal input ended the connection, or was never got over",
      },
      silence: {
        args: { after: "odd", probe: "probe" },
        lines: [session("a"), close("a", "server"), step("send", "a", "odd"), rpc("a", "probe")],
        message: "Legal input ended the connection, or was never got over",
      },
    },
    unseen: {
      "a code that may mean either": {
        args: { after: "odd", probe: "probe" },
        dialects: withControlFrames,
        lines: [session("a"), step("send", "a", "odd"), rpc("a", "probe"), close("a", "server", 1002)],
      },
      "no such step": { args: { after: "odd", probe: "probe" }, lines: [session("a"), fin] },
    },
  },
  "own-frames": {
    holds: { "a hello in its own frames": { args: { on: "a", not: "keyed" }, lines: session("a") } },
    broken: {
      "frames of rfc6455": {
        args: { on: "a", not: "rfc6455" },
        dialects: ["hybi-06", "hybi-00"],
        lines: [open("a"), bytes("a", "server", encoded("rfc6455", "server"))],
        message: "The frames of the server are not of this dialect",
      },
      "frames of hybi-00": {
        args: { on: "a", not: "hybi-00" },
        dialects: withControlFrames,
        lines: [open("a"), bytes("a", "server", encoded("hybi-00", "server"))],
        message: "The frames of the server are not of this dialect",
      },
      "frames with a client's key": {
        args: { on: "a", not: "keyed" },
        dialects: ["hybi-06"],
        lines: [open("a"), bytes("a", "server", encoded("hybi-06", "client"))],
        message: "The frames of the server are not of this dialect",
      },
    },
    unseen: {
      "no hello at all": { args: { on: "a", not: "hybi-00" }, lines: [open("a"), fin] },
      "not opened": { args: { on: "a", not: "hybi-00" }, lines: connect("a") },
    },
  },
};

test.each(rowsOf(samples))("$title", ({ reports, expected }) => {
  expect(reports()).toEqual([expect.objectContaining(expected)]);
});

test("every check of framing has samples of every kind", () => expect(lacking(samples, framing)).toEqual([]));
