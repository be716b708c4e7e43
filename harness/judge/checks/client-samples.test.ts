/** Every check on clients: where it holds, where it is broken, where it saw nothing. */
import { expect, test } from "vitest";
import { closeSession, hello, rpc as rpcText } from "../../netconf/index.ts";
import { lacking, rowsOf, type Samples } from "../testing/sample.ts";
import { accept, bytes, close, connect, type Line, message, request, step, tcp, trigger } from "../testing/script.ts";
import * as clients from "./client.ts";

/** The client's own request: nothing but its bytes. */
const asked: Line = (state) =>
  (request("a") as (of: typeof state) => ReturnType<Extract<Line, (...args: never) => unknown>>)(state).filter(
    ({ type }) => type === "bytes",
  );
const opening: Line = [connect("a"), asked];
const answer: Line = [step("respond", "a", "answer"), accept("a")];
const open: Line = [opening, answer];
const theirHello: Line = message("a", "client", hello(["urn:x"]));
const bye: Line = message("a", "client", rpcText("1", closeSession()));
const gone: Line = tcp("a", "client", "fin");
const report = (kind: string, more: Readonly<Record<string, unknown>> = {}): Line =>
  step("report", undefined, undefined, { report: kind, ...more });
const received = (token: string): Line => report("notification", { xml: `<notification>${token}</notification>` });
const burst: Line = [trigger("burst", { token: "one." }), trigger("burst", { token: "two." })];

const samples: Readonly<Record<string, Samples>> = {
  reported: {
    holds: {
      "each once": { args: { of: "burst" }, lines: [burst, received("one."), received("two.")] },
      "with that text": { args: { of: "burst", holds: "<n" }, lines: [burst, received("one."), received("two.")] },
    },
    broken: {
      "one missing": {
        args: { of: "burst" },
        lines: [burst, received("two.")],
        message: "A notification was not received",
      },
      "one twice": {
        args: { of: "burst" },
        lines: [burst, received("one."), received("two."), received("one.")],
        message: "A notification was received more than once",
      },
      "without the text": {
        args: { of: "burst", holds: "lost" },
        lines: [burst, received("one."), received("two.")],
        message: "A notification was received with another text",
      },
      "out of order": {
        args: { of: "burst" },
        lines: [burst, received("two."), received("one.")],
        message: "Notifications were received in another order",
      },
    },
    unseen: { "none was sent": { args: { of: "burst" }, lines: [] } },
  },
  "not-reported": {
    holds: {
      "the probe was": {
        args: { of: "burst", probe: "later" },
        lines: [burst, trigger("later", { token: "x." }), received("x.")],
      },
    },
    broken: {
      "it was": {
        args: { of: "burst" },
        lines: [burst, received("two.")],
        message: "A notification was received that must not be",
      },
    },
    unseen: {
      "no proof": { args: { of: "burst" }, lines: burst },
      "none was sent": { args: { of: "burst" }, lines: [] },
    },
  },
  said: {
    holds: {
      "with that value": { args: { report: "reply", with: { error: "x" } }, lines: report("reply", { error: "x" }) },
      never: { args: { report: "reply", is: 0 }, lines: report("hello") },
    },
    broken: {
      "with another": {
        args: { report: "reply", with: { error: "x" } },
        lines: report("reply", { ok: true }),
        message: "The client did not report reply as it should",
      },
    },
    unseen: { "no client was started": { args: { report: "reply" }, lines: connect("a") } },
  },
  sent: {
    holds: {
      "behind the step": {
        args: { on: "a", rpc: "close-session", after: "told", is: 1 },
        lines: [open, step("control", undefined, "told"), bye],
      },
      "never, to the end": { args: { on: "a", rpc: "any", is: 0 }, lines: [open, theirHello, gone] },
    },
    broken: {
      twice: {
        args: { on: "a", rpc: "close-session", is: 1 },
        lines: [open, bye, bye],
        message: "The client sent 2 rpcs close-session",
      },
      "before the step": {
        args: { on: "a", rpc: "close-session", after: "told" },
        lines: [open, bye, step("control", undefined, "told")],
        message: "The client sent 0 rpcs close-session",
      },
    },
    unseen: {
      "it may still come": { args: { on: "a", rpc: "any", is: 0 }, lines: [open, theirHello] },
      "no connection": { args: { on: "a", rpc: "any" }, lines: [] },
    },
  },
  offered: {
    holds: {
      "that of the task": {
        args: { on: "a" },
        lines: [step("task", undefined, undefined, { subprotocol: "netconf" }), opening],
      },
    },
    broken: {
      another: {
        args: { on: "a" },
        lines: [step("task", undefined, undefined, { subprotocol: "other" }), opening],
        message: "The request does not offer the subprotocol of NETCONF",
      },
    },
    unseen: { "no task": { args: { on: "a" }, lines: opening } },
  },
  asked: {
    holds: { "the token is there": { args: { on: "a", field: "connection", has: "upgrade" }, lines: opening } },
    broken: {
      "no such field": {
        args: { on: "a", field: "Pragma", has: "no-cache" },
        lines: opening,
        message: "The request does not say Pragma: no-cache",
      },
    },
    unseen: { "no request": { args: { on: "a", field: "Pragma", has: "no-cache" }, lines: connect("a") } },
  },
  opened: {
    holds: { "a hello": { args: { on: "a" }, lines: [open, theirHello] } },
    broken: {
      "it left": { args: { on: "a" }, lines: [open, gone], message: "The client did not take a right response" },
    },
    unseen: { "no response": { args: { on: "a" }, lines: opening } },
  },
  rejected: {
    holds: {
      "it left": { args: { after: "answer" }, lines: [open, gone] },
      "it closed and left": { args: { after: "answer" }, lines: [open, close("a", "client", 1002), gone] },
    },
    broken: {
      "it went on": {
        args: { after: "answer" },
        lines: [open, theirHello, gone],
        message: "The client took a response that it must not take",
      },
      "it stayed": { args: { after: "answer" }, lines: open, message: "The client did not fail the connection" },
    },
    unseen: { "no response": { args: { after: "answer" }, lines: opening } },
  },
  waited: {
    holds: { "nothing before": { args: { on: "a" }, lines: [open, theirHello] } },
    broken: {
      "a frame before": {
        args: { on: "a" },
        lines: [opening, bytes("a", "client", "x"), answer],
        message: "The client sent more before it had the response",
      },
    },
    unseen: { "no response": { args: { on: "a" }, lines: opening } },
  },
};

test.each(rowsOf(samples, "client"))("$title", ({ reports, expected }) => {
  expect(reports()).toEqual([expect.objectContaining(expected)]);
});

test("every check on clients has samples of every kind", () => expect(lacking(samples, clients)).toEqual([]));
