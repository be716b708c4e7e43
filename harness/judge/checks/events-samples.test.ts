/** Every check on notifications: where it holds, where it is broken, where it saw nothing. */
import { expect, test } from "vitest";
import { lacking, reportsOf, rowsOf, type Samples } from "../testing/sample.ts";
import {
  close,
  connect,
  control,
  cut,
  errorBody,
  event,
  joined,
  type Line,
  notification,
  reply,
  rpc,
  session,
  step,
  subscribe,
  subscribed,
  tcp,
  trigger,
} from "../testing/script.ts";
import * as events from "./events.ts";

/** A mark with as many occurrences as tokens. */
const caused = (mark: string, ...tokens: readonly string[]): Line => tokens.map((token) => trigger(mark, { token }));
const came = (conn: string, ...tokens: readonly string[]): Line =>
  tokens.map((token) => notification(conn, event(token)));
const named = (name: string, token: string): string => `<${name} xmlns="urn:x"><token>${token}</token></${name}>`;

const samples: Readonly<Record<string, Samples>> = {
  events: {
    holds: {
      "the number asked for": {
        args: { on: "a", of: "m", is: 2 },
        lines: [subscribed("a"), caused("m", "t1.", "t2."), came("a", "t1.", "t2.")],
      },
      "two in one segment": {
        args: { on: "a", of: "m", is: 2 },
        lines: [subscribed("a"), caused("m", "t1.", "t2."), joined(came("a", "t1.", "t2."))],
      },
      "none before a later event": {
        args: { on: "a", of: "m", is: 0, until: { event: "later" } },
        lines: [subscribed("a"), caused("m", "t1."), caused("later", "t2."), came("a", "t2.")],
      },
      "none before a later reply": {
        args: { on: "a", of: "m", max: 0, until: { reply: "probe" } },
        lines: [subscribed("a"), caused("m", "t1."), rpc("a", "probe"), reply("a", "probe")],
      },
      "none before the end": {
        args: { on: "a", of: "m", is: 0, until: { end: true } },
        lines: [subscribed("a"), caused("m", "t1."), tcp("a", "server", "fin")],
      },
      "each occurrence once": {
        args: { on: "a", of: "m", each: 1 },
        lines: [subscribed("a"), caused("m", "t1.", "t2."), came("a", "t2.", "t1.")],
      },
      "one control notification, that nobody caused": {
        args: { on: "a", of: "replayComplete", is: 1 },
        lines: [subscribed("a", { startTime: "2025-01-01T00:00:00Z" }), control("a", "replayComplete")],
      },
      "one kind of content among others": {
        args: { on: "a", of: "m", name: "one", is: 1 },
        lines: [
          subscribed("a"),
          caused("m", "t1."),
          notification("a", named("one", "t1.")),
          notification("a", named("other", "t1.")),
        ],
      },
      "events recognised by a session-id": {
        args: { on: "a", of: "m", min: 1 },
        lines: [
          subscribed("a"),
          trigger("m", { sessionId: "12" }),
          notification("a", '<x xmlns="urn:x"><session-id>12</session-id></x>'),
          notification("a", '<x xmlns="urn:x"><killed-by>12</killed-by></x>'),
        ],
      },
      "those of another session do not count": {
        args: { on: "a", of: "m", is: 1 },
        lines: [subscribed("a"), subscribed("b"), caused("m", "t1."), came("b", "t1.", "t1."), came("a", "t1.")],
      },
    },
    broken: {
      "too few": {
        args: { on: "a", of: "m", min: 1 },
        lines: [subscribed("a"), caused("m", "t1.")],
        message: 'Too few: m on "a"',
      },
      "too many": {
        args: { on: "a", of: "m", max: 1 },
        lines: [subscribed("a"), caused("m", "t1."), came("a", "t1.", "t1.")],
        message: 'Too many: m on "a"',
      },
      "too many of one kind": {
        args: { on: "a", of: "m", name: "one", is: 0 },
        lines: [subscribed("a"), caused("m", "t1."), notification("a", named("one", "t1."))],
        message: 'Too many: m (one) on "a"',
      },
      "only another session got it": {
        args: { on: "a", of: "m", is: 1 },
        lines: [subscribed("a"), subscribed("b"), caused("m", "t1."), came("b", "t1.")],
        message: 'Too few: m on "a"',
      },
      "one occurrence twice": {
        args: { on: "a", of: "m", each: 1 },
        lines: [subscribed("a"), caused("m", "t1.", "t2."), came("a", "t1.", "t2.", "t2.")],
        message: 'Event 2 of "m" came 2 times on "a"',
      },
      "one that the drive gave up on": {
        args: { on: "a", of: "m", min: 1 },
        lines: [subscribed("a"), caused("m", "t1."), step("gave-up", "a"), step("stopped")],
        message: 'Too few: m on "a"',
      },
      "one occurrence never": {
        args: { on: "a", of: "m", each: 1 },
        lines: [subscribed("a"), caused("m", "t1.", "t2."), came("a", "t2.")],
        message: 'Event 1 of "m" came 0 times on "a"',
      },
    },
    unseen: {
      "nothing was caused": { args: { on: "a", of: "m", is: 0 }, lines: subscribed("a") },
      "the session was not opened": { args: { on: "b", of: "m", is: 0 }, lines: [session("a"), caused("m", "t1.")] },
      "nothing proves the silence": {
        args: { on: "a", of: "m", is: 0, until: { event: "later" } },
        lines: [subscribed("a"), caused("m", "t1."), caused("later", "t2.")],
      },
      "none, for there is no subscription": {
        args: { on: "a", of: "m", min: 1 },
        lines: [session("a"), caused("m", "t1.")],
      },
      "none, for the subscription was refused": {
        args: { on: "a", of: "m", min: 1 },
        lines: [session("a"), subscribe("a", "sub"), reply("a", "sub", errorBody()), caused("m", "t1.")],
      },
      "none, for the drive stopped before": {
        args: { on: "a", of: "m", each: 1 },
        lines: [subscribed("a"), caused("m", "t1."), step("gave-up", "b"), step("stopped")],
      },
    },
  },
  ordered: {
    holds: {
      "one after the other": {
        args: { on: "a", of: ["first", "replayComplete", "second"] },
        lines: [
          subscribed("a"),
          caused("first", "t1."),
          caused("second", "t2."),
          came("a", "t1."),
          control("a", "replayComplete"),
          came("a", "t2."),
        ],
      },
      "in one segment": {
        args: { on: "a", of: ["first", "second"] },
        lines: [subscribed("a"), caused("first", "t1."), caused("second", "t2."), joined(came("a", "t1.", "t2."))],
      },
    },
    broken: {
      "the wrong way round in one segment": {
        args: { on: "a", of: ["first", "second"] },
        lines: [subscribed("a"), caused("first", "t1."), caused("second", "t2."), joined(came("a", "t2.", "t1."))],
        message: '"second" came before "first" was complete',
      },
      "in the middle of the first": {
        args: { on: "a", of: ["first", "second"] },
        lines: [
          subscribed("a"),
          caused("first", "t1.", "t3."),
          caused("second", "t2."),
          came("a", "t1.", "t2.", "t3."),
        ],
        message: '"second" came before "first" was complete',
      },
    },
    unseen: {
      "one of them did not come": {
        args: { on: "a", of: ["first", "second"] },
        lines: [subscribed("a"), caused("first", "t1."), caused("second", "t2."), came("a", "t1.")],
      },
      "not opened": { args: { on: "b", of: ["first"] }, lines: subscribed("a") },
    },
  },
  sequence: {
    holds: {
      "as they were caused": {
        args: { on: "a", of: "m" },
        lines: [subscribed("a"), caused("m", "t1.", "t2.", "t3."), came("a", "t1.", "t2.", "t3.")],
      },
    },
    broken: {
      "the last first": {
        args: { on: "a", of: "m" },
        lines: [subscribed("a"), caused("m", "t1.", "t2.", "t3."), came("a", "t3.", "t1.", "t2.")],
        message: "Events came in another order than they were generated",
      },
    },
    unseen: {
      "only one came": {
        args: { on: "a", of: "m" },
        lines: [subscribed("a"), caused("m", "t1.", "t2."), came("a", "t2.")],
      },
      "not opened": { args: { on: "b", of: "m" }, lines: subscribed("a") },
    },
  },
  filtered: {
    holds: {
      "what the filter selects": {
        args: { on: "a", against: "b", of: "m", filter: '<event xmlns="urn:ncwspec:event"><token>t1.</token></event>' },
        lines: [subscribed("b"), subscribed("a"), caused("m", "t1.", "t2."), came("b", "t1.", "t2."), came("a", "t1.")],
      },
      "what the expression selects, with proof": {
        args: {
          on: "a",
          against: "b",
          of: ["m", "n"],
          xpath: "/e:event[e:token='t2.']",
          prefixes: { e: "urn:ncwspec:event" },
          until: { event: "n" },
        },
        lines: [
          subscribed("b"),
          subscribed("a"),
          caused("m", "t1."),
          caused("n", "t2."),
          came("b", "t1.", "t2."),
          came("a", "t2."),
        ],
      },
      "a session-id in the filter": {
        args: {
          on: "a",
          against: "b",
          of: "m",
          filter: '<x xmlns="urn:x"><session-id>${b.session-id}</session-id></x>',
        },
        lines: [
          [session("b", 12), subscribe("b", "sub"), reply("b", "sub")],
          subscribed("a"),
          trigger("m", { sessionId: "12" }),
          notification("b", '<x xmlns="urn:x"><session-id>12</session-id></x>'),
          notification("a", '<x xmlns="urn:x"><session-id>12</session-id></x>'),
        ],
      },
    },
    broken: {
      "a selected event is missing": {
        args: { on: "a", against: "b", of: "m", filter: '<event xmlns="urn:ncwspec:event"/>' },
        lines: [subscribed("b"), subscribed("a"), caused("m", "t1."), came("b", "t1.")],
        message: "An event that the filter selects did not come whole",
      },
      "another event came": {
        args: { on: "a", against: "b", of: "m", filter: '<other xmlns="urn:ncwspec:event"/>' },
        lines: [subscribed("b"), subscribed("a"), caused("m", "t1."), came("b", "t1."), came("a", "t1.")],
        message: "An event came that the filter does not select",
      },
      "an event came twice": {
        args: { on: "a", against: "b", of: "m", filter: '<event xmlns="urn:ncwspec:event"/>' },
        lines: [subscribed("b"), subscribed("a"), caused("m", "t1."), came("b", "t1."), came("a", "t1.", "t1.")],
        message: "An event came that the unfiltered session did not get in that form",
      },
    },
    unseen: {
      "the unfiltered session got nothing": {
        args: { on: "a", against: "b", of: "m", filter: "" },
        lines: [subscribed("b"), subscribed("a"), caused("m", "t1."), came("a", "t1.")],
      },
      "nothing proves the silence": {
        args: { on: "a", against: "b", of: "m", filter: '<other xmlns="urn:x"/>', until: { event: "later" } },
        lines: [subscribed("b"), subscribed("a"), caused("m", "t1."), came("b", "t1.")],
      },
      "a session-id that was not given": {
        args: { on: "a", against: "b", of: "m", xpath: "/x[y = ${c.session-id}]" },
        lines: [subscribed("b"), subscribed("a"), caused("m", "t1."), came("b", "t1.")],
      },
      "a session was not opened": { args: { on: "a", against: "b", of: "m", filter: "" }, lines: subscribed("a") },
    },
  },
  "same-events": {
    holds: {
      "content and time": {
        args: { on: "a", as: "b", of: "m" },
        lines: [subscribed("b"), subscribed("a"), caused("m", "t1."), came("b", "t1."), came("a", "t1.")],
      },
      "the same instant in another zone": {
        args: { on: "a", as: "b", of: "m" },
        lines: [
          subscribed("b"),
          subscribed("a"),
          caused("m", "t1."),
          came("b", "t1."),
          notification("a", event("t1."), "2026-01-01T01:00:00.0+01:00"),
        ],
      },
      "two events of the same content at different times": {
        args: { on: "a", as: "b", of: "m" },
        lines: [
          subscribed("b"),
          subscribed("a"),
          caused("m", "t1."),
          ...["b", "a"].flatMap((conn) => [
            notification(conn, event("t1."), "2026-01-01T00:00:00Z"),
            notification(conn, event("t1."), "2026-01-01T00:00:01Z"),
          ]),
        ],
      },
    },
    broken: {
      "other content": {
        args: { on: "a", as: "b", of: "m" },
        lines: [
          subscribed("b"),
          subscribed("a"),
          caused("m", "t1."),
          came("b", "t1."),
          notification("a", event("t1.", '<card xmlns="urn:ncwspec:event">2</card>')),
        ],
        message: "An event has other content than where it was first seen",
      },
      "another time": {
        args: { on: "a", as: "b", of: "m" },
        lines: [
          subscribed("b"),
          subscribed("a"),
          caused("m", "t1."),
          came("b", "t1."),
          notification("a", event("t1."), "2026-01-01T00:00:01Z"),
        ],
        message: "An event has another eventTime than where it was first seen",
      },
    },
    unseen: {
      "one of the two did not get it": {
        args: { on: "a", as: "b", of: "m" },
        lines: [subscribed("b"), subscribed("a"), caused("m", "t1."), came("b", "t1.")],
      },
      "not opened": { args: { on: "a", as: "b", of: "m" }, lines: subscribed("a") },
    },
  },
  "event-times": {
    holds: {
      "at the bound": {
        args: { on: "a", subscription: "sub" },
        lines: [
          session("a"),
          subscribe("a", "sub", { startTime: "2026-01-01T00:00:00Z" }),
          reply("a", "sub"),
          came("a", "t1."),
        ],
      },
      "whole seconds under a finer bound": {
        args: { on: "a", subscription: "sub", bound: "notBefore" },
        lines: [
          session("a"),
          subscribe("a", "sub", { startTime: "2026-01-01T00:00:00.700Z" }),
          reply("a", "sub"),
          came("a", "t1."),
        ],
      },
      "an earlier subscription is not judged by it": {
        args: { on: "a", subscription: "sub" },
        lines: [
          subscribed("a"),
          notification("a", event("t0."), "2020-01-01T00:00:00Z"),
          subscribe("a", "sub", { startTime: "2026-01-01T00:00:00Z" }),
          reply("a", "sub"),
          came("a", "t1."),
        ],
      },
      "within the tolerance": {
        args: { on: "a", subscription: "sub", field: "stopTime", bound: "notAfter", toleranceMs: 1000 },
        lines: [
          session("a"),
          subscribe("a", "sub", { startTime: "2025-01-01T00:00:00Z", stopTime: "2025-12-31T23:59:59Z" }),
          reply("a", "sub"),
          came("a", "t1."),
          control("a", "notificationComplete", "2027-01-01T00:00:00Z"),
        ],
      },
    },
    broken: {
      "too early": {
        args: { on: "a", subscription: "sub" },
        lines: [
          session("a"),
          subscribe("a", "sub", { startTime: "2026-01-01T00:00:01Z" }),
          reply("a", "sub"),
          came("a", "t1."),
        ],
        message: "An event from outside the window came",
      },
      "too late": {
        args: { on: "a", subscription: "sub", field: "stopTime", bound: "notAfter" },
        lines: [
          session("a"),
          subscribe("a", "sub", { stopTime: "2025-12-31T23:59:59Z" }),
          reply("a", "sub"),
          came("a", "t1."),
        ],
        message: "An event from outside the window came",
      },
    },
    unseen: {
      "no such subscription": { args: { on: "a", subscription: "sub" }, lines: [subscribed("a"), came("a", "t1.")] },
      "no event": {
        args: { on: "a", subscription: "sub" },
        lines: [session("a"), subscribe("a", "sub", { startTime: "2026-01-01T00:00:00Z" }), reply("a", "sub")],
      },
    },
  },
  "reply-first": {
    holds: {
      "the reply first, in the same segment": {
        args: { to: "sub" },
        lines: [session("a"), subscribe("a", "sub"), joined(reply("a", "sub"), came("a", "t1."))],
      },
      "no notification at all": {
        args: { to: "sub" },
        lines: [session("a"), subscribe("a", "sub"), reply("a", "sub")],
      },
      "a second subscription after notificationComplete": {
        args: { to: "second" },
        lines: [
          subscribed("a"),
          came("a", "t1."),
          control("a", "notificationComplete"),
          subscribe("a", "second"),
          reply("a", "second"),
          came("a", "t2."),
        ],
      },
    },
    broken: {
      "the notification first, in the same segment": {
        args: { to: "sub" },
        lines: [session("a"), subscribe("a", "sub"), joined(came("a", "t1."), reply("a", "sub"))],
        message: "A notification came before the reply to its create-subscription",
      },
    },
    unseen: {
      "not sent": { args: { to: "sub" }, lines: session("a") },
      "not answered": { args: { to: "sub" }, lines: [session("a"), subscribe("a", "sub"), came("a", "t1.")] },
      "answered on another session": {
        args: { to: "sub" },
        lines: [session("a"), session("b"), subscribe("a", "sub"), reply("b", "sub")],
      },
    },
  },
  "at-most-once": {
    holds: {
      "different events of one mark": {
        args: { on: "a", of: "m" },
        lines: [subscribed("a"), caused("m", "t1.", "t2."), came("a", "t1.", "t2.")],
      },
    },
    broken: {
      "one of them twice": {
        args: { on: "a", of: "m" },
        lines: [subscribed("a"), caused("m", "t1.", "t2."), came("a", "t1.", "t2.", "t1.")],
        message: "An event was delivered twice",
      },
    },
    unseen: {
      "none came": { args: { on: "a", of: "m" }, lines: [subscribed("a"), caused("m", "t1.")] },
      "not opened": { args: { on: "a", of: "m" }, lines: [connect("b"), caused("m", "t1.")] },
    },
  },
  "none-after": {
    holds: {
      "events before it": {
        args: { to: "bye" },
        lines: [subscribed("a"), rpc("a", "bye"), came("a", "t1."), reply("a", "bye"), tcp("a", "server", "fin")],
      },
    },
    broken: {
      "an event behind it": {
        args: { to: "bye" },
        lines: [subscribed("a"), rpc("a", "bye"), reply("a", "bye"), came("a", "t1."), tcp("a", "server", "fin")],
        message: "A notification came when the subscription was over",
      },
      "an event in the same segment": {
        args: { to: "bye" },
        lines: [subscribed("a"), rpc("a", "bye"), joined(reply("a", "bye"), came("a", "t1."))],
        message: "A notification came when the subscription was over",
      },
    },
    unseen: {
      "no reply": { args: { to: "bye" }, lines: [subscribed("a"), rpc("a", "bye"), tcp("a", "server", "fin")] },
      "no end": { args: { to: "bye" }, lines: [subscribed("a"), rpc("a", "bye"), reply("a", "bye")] },
    },
  },
};

test.each(rowsOf(samples))("$title", ({ reports, expected }) => {
  expect(reports()).toEqual([expect.objectContaining(expected)]);
});

test("every check of events has samples of every kind", () => expect(lacking(samples, events)).toEqual([]));

test("segments change no outcome", () => {
  const lines = [subscribed("a"), caused("m", "t1.", "t2."), came("a", "t2.", "t1."), close("a", "server", 1000)];
  for (const size of [1, 7, 64])
    expect(reportsOf("sequence", { on: "a", of: "m" }, "rfc6455", cut(size, lines))).toMatchObject([
      { outcome: "broken" },
    ]);
});
