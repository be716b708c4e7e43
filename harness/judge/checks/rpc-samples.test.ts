/** Every check on replies: where it holds, where it is broken, where it saw nothing. */
import { expect, test } from "vitest";
import { lacking, reportsOf, rowsOf, type Samples } from "../testing/sample.ts";
import {
  close,
  connect,
  control,
  errorBody,
  event,
  joined,
  type Line,
  message,
  notification,
  open,
  reply,
  replyText,
  rpc,
  session,
  step,
  subscribed,
  tcp,
  trigger,
} from "../testing/script.ts";
import * as checks from "./rpc.ts";
import * as streamChecks from "./streams.ts";

const asked: Line = [session("a"), rpc("a", "asked")];
const fin = tcp("a", "server", "fin");
const two: Line = [session("a"), rpc("a", "one"), rpc("a", "two")];
const refusal = (info = ""): string => errorBody("missing-attribute", { type: "rpc", info });
/** An rpc whose step is there, but of which nothing went out: the connection had ended. */
const tooLate: Line = [session("a"), fin, rpc("a", "asked", { message: "" })];

const streamList = (name: string, more = ""): string =>
  `<data><netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"><streams><stream><name>${name}</name><description>d</description>${more}</stream></streams></netconf></data>`;
const replayed = "<replaySupport>true</replaySupport>";
const created = "<replayLogCreationTime>2026-01-01T00:00:00Z</replayLogCreationTime>";
const listed = (body: string): Line => [asked, reply("a", "asked", body)];

const samples: Readonly<Record<string, Samples>> = {
  replied: {
    holds: {
      "with ok": { args: { to: "asked" }, lines: [asked, reply("a", "asked")] },
      "with an error": { args: { to: "asked" }, lines: [asked, reply("a", "asked", errorBody())] },
      "the end before it could be asked": {
        args: { to: "asked", orEnd: "a" },
        lines: [open("a"), tcp("a", "server", "fin")],
      },
      "without message-id, as the only one": {
        args: { to: "asked" },
        lines: [asked, reply("a", "asked", errorBody(), { id: null })],
      },
      "without message-id, the second of two": {
        args: { to: "two" },
        lines: [two, joined(reply("a", "one", "<ok/>", { id: null }), reply("a", "two", "<ok/>", { id: null }))],
      },
    },
    broken: {
      "the end after it was asked": {
        args: { to: "asked", orEnd: "a" },
        lines: [asked, tcp("a", "server", "fin")],
        message: "A request was not answered",
      },
      "only other requests were": {
        args: { to: "one" },
        lines: [two, reply("a", "two")],
        message: "A request was not answered",
      },
      "only on another connection": {
        args: { to: "asked" },
        lines: [asked, session("b"), message("b", "server", replyText("m0-1", "<ok/>"))],
        message: "A request was not answered",
      },
      "only before it was sent": {
        args: { to: "asked" },
        lines: [session("a"), message("a", "server", replyText("m", "<ok/>")), rpc("a", "asked", { id: "m" })],
        message: "A request was not answered",
      },
      "a reply without message-id goes to the first that waits": {
        args: { to: "two" },
        lines: [two, reply("a", "two", "<ok/>", { id: null })],
        message: "A request was not answered",
      },
      "the connection ended": { args: { to: "asked" }, lines: [asked, fin], message: "A request was not answered" },
    },
    unseen: {
      "not sent": { args: { to: "asked" }, lines: session("a") },
      "a trigger of that name": { args: { to: "asked" }, lines: [session("a"), trigger("asked", { token: "t." })] },
      "a message came that is no XML": {
        args: { to: "asked" },
        lines: [asked, message("a", "server", '<rpc-reply x="1" x="2"/>')],
      },
    },
  },
  ok: {
    holds: {
      ok: { args: { to: "asked" }, lines: [asked, reply("a", "asked")] },
      data: { args: { to: "asked" }, lines: [asked, reply("a", "asked", "<data/>")] },
      "beside a trigger of the same name": {
        args: { to: "asked" },
        lines: [trigger("asked", { token: "t." }), asked, reply("a", "asked")],
      },
    },
    broken: {
      "an error": {
        args: { to: "asked" },
        lines: [asked, reply("a", "asked", errorBody())],
        message: "A request that is right was refused",
      },
      "no reply": { args: { to: "asked" }, lines: asked, message: "A request was not answered" },
    },
    unseen: { "not sent": { args: { to: "asked" }, lines: session("a") } },
  },
  error: {
    holds: {
      "any error": { args: { to: "asked" }, lines: [asked, reply("a", "asked", errorBody())] },
      "all that is named": {
        args: {
          to: "asked",
          type: ["rpc", "protocol"],
          tag: "missing-attribute",
          severity: "error",
          info: { "bad-attribute": "message-id", "bad-element": "rpc" },
        },
        lines: [
          asked,
          reply("a", "asked", refusal("<bad-attribute> message-id </bad-attribute><bad-element>nc:rpc</bad-element>"), {
            id: null,
          }),
        ],
      },
      "a namespace name has colons of its own": {
        args: { to: "asked", info: { "bad-namespace": "urn:x:y", "bad-element": "*" } },
        lines: [
          asked,
          reply("a", "asked", refusal("<bad-namespace>urn:x:y</bad-namespace><bad-element>e</bad-element>")),
        ],
      },
      "one of several errors fits": {
        args: { to: "asked", tag: "missing-attribute" },
        lines: [asked, reply("a", "asked", errorBody("in-use") + refusal())],
      },
      "the end of the session, where that is right too": {
        args: { to: "asked", closed: true },
        lines: [asked, close("a", "server")],
      },
    },
    broken: {
      "carried out": {
        args: { to: "asked" },
        lines: [asked, reply("a", "asked")],
        message: "A request that must be refused was carried out",
      },
      "another tag": {
        args: { to: "asked", tag: ["in-use", "too-big"] },
        lines: [asked, reply("a", "asked", refusal())],
        message: "The error has error-tag missing-attribute",
      },
      "another type": {
        args: { to: "asked", type: "protocol" },
        lines: [asked, reply("a", "asked", refusal())],
        message: "The error has error-type rpc",
      },
      "no severity": {
        args: { to: "asked", severity: "error" },
        lines: [asked, reply("a", "asked", "<rpc-error><error-type>rpc</error-type></rpc-error>")],
        message: "The error has error-severity (none)",
      },
      "error-info without the child": {
        args: { to: "asked", info: { "bad-element": "*" } },
        lines: [asked, reply("a", "asked", refusal("<bad-attribute>x</bad-attribute>"))],
        message: "error-info lacks bad-element",
      },
      "error-info with another value": {
        args: { to: "asked", info: { "bad-element": "rpc" } },
        lines: [asked, reply("a", "asked", refusal("<bad-element>get</bad-element>"))],
        message: "error-info has bad-element get",
      },
      "no reply": { args: { to: "asked", closed: true }, lines: asked, message: "A request was not answered" },
      "the end where an error is due": {
        args: { to: "asked" },
        lines: [asked, fin],
        message: "A request was not answered",
      },
    },
    unseen: { "not sent": { args: { to: "asked" }, lines: session("a") } },
  },
  "no-reply": {
    holds: {
      "a later one was answered": { args: { to: "one", until: "two" }, lines: [two, reply("a", "two")] },
      "the connection was ended": { args: { to: "asked" }, lines: [asked, close("a", "server"), fin] },
    },
    broken: {
      "it was answered": {
        args: { to: "one", until: "two" },
        lines: [two, joined(reply("a", "one", errorBody()), reply("a", "two"))],
        message: "A request was answered that must not be",
      },
    },
    unseen: {
      "not sent": { args: { to: "asked" }, lines: session("a") },
      "nothing proves it": { args: { to: "one", until: "two" }, lines: two },
      "sent into a connection that was over": { args: { to: "asked" }, lines: tooLate },
    },
  },
  "no-reply-id": {
    holds: { "the end came first": { args: { on: "a", id: "late" }, lines: [asked, reply("a", "asked"), fin] } },
    broken: {
      "it was answered, in the segment of the close frame": {
        args: { on: "a", id: "late" },
        lines: [asked, joined(reply("a", "asked", "<ok/>", { id: "late" }), close("a", "server"))],
        message: "A request was answered that must not be",
      },
    },
    unseen: {
      "the connection is open": { args: { on: "a", id: "late" }, lines: asked },
      "not opened": { args: { on: "b", id: "late" }, lines: asked },
    },
  },
  "no-data": {
    holds: {
      "an error": { args: { to: "asked" }, lines: [asked, reply("a", "asked", errorBody())] },
      "the end": { args: { to: "asked" }, lines: [asked, fin] },
      "the end before it could be asked": { args: { to: "asked" }, lines: tooLate },
    },
    broken: {
      "carried out": {
        args: { to: "asked" },
        lines: [asked, reply("a", "asked", "<data/>"), fin],
        message: "A request was carried out that must not be",
      },
      silence: {
        args: { to: "asked" },
        lines: asked,
        message: "The target neither answered nor ended the session",
      },
    },
    unseen: { "not sent": { args: { to: "asked" }, lines: [session("a"), fin] } },
  },
  ended: {
    holds: {
      "a close frame after it": { args: { after: "asked" }, lines: [asked, close("a", "server")] },
      "the end of another connection after it": {
        args: { on: "b", after: "asked" },
        lines: [session("b"), asked, tcp("b", "server", "fin")],
      },
    },
    broken: {
      "open still": {
        args: { after: "asked" },
        lines: [asked, close("a", "client")],
        message: "The target did not end the session",
      },
    },
    unseen: { "no such step": { args: { on: "a", after: "asked" }, lines: [session("a"), fin] } },
  },
  "replies-ordered": {
    holds: {
      "in order, in one segment": {
        args: { to: ["one", "two"] },
        lines: [two, joined(reply("a", "one"), notification("a", "<x/>"), reply("a", "two"))],
      },
      "in order, without message-ids": {
        args: { to: ["one", "two"] },
        lines: [two, reply("a", "one", "<ok/>", { id: null }), reply("a", "two", "<ok/>", { id: null })],
      },
    },
    broken: {
      "the second first, in one segment": {
        args: { to: ["one", "two"] },
        lines: [two, joined(reply("a", "two"), reply("a", "one"))],
        message: "Replies came in another order than the requests",
      },
      "one is missing": {
        args: { to: ["one", "two"] },
        lines: [two, reply("a", "one")],
        message: 'A pipelined request ("two") was not answered',
      },
    },
    unseen: { "one was not sent": { args: { to: ["asked", "two"] }, lines: [asked, reply("a", "asked")] } },
  },
  xml: {
    holds: {
      "of a reply": {
        args: { of: { reply: "asked" }, holds: "/nc:rpc-reply/nc:ok" },
        lines: [asked, reply("a", "asked")],
      },
      "of a hello, with its session-id": {
        args: { of: { hello: "a" }, holds: "//nc:session-id = ${a.session-id}" },
        lines: session("a", 12),
      },
      "of the second event": {
        args: { of: { event: "m", on: "a", nth: 1 }, holds: "//e:token = 't2.'" },
        lines: [
          subscribed("a"),
          trigger("m", { token: "t1." }),
          trigger("m", { token: "t2." }),
          notification("a", event("t1.")),
          notification("a", event("t2.")),
        ],
      },
      "of a control notification": {
        args: { of: { control: "replayComplete", on: "a" }, holds: "//m:replayComplete" },
        lines: [subscribed("a"), control("a", "replayComplete")],
      },
      "of an event about another session": {
        args: {
          of: { session: "b", name: "end", on: "a" },
          holds: "//x:session-id = '12'",
          prefixes: { x: "urn:x" },
        },
        lines: [
          session("b", 12),
          subscribed("a"),
          notification("a", '<end xmlns="urn:x"><session-id>12</session-id></end>'),
        ],
      },
    },
    broken: {
      "not so": {
        args: { of: { reply: "asked" }, holds: "/nc:rpc-reply/nc:data" },
        lines: [asked, reply("a", "asked")],
        message: "A message does not hold what it must",
      },
      "not so, in words": {
        args: { of: { reply: "asked" }, holds: "false()", says: "So it is" },
        lines: [asked, reply("a", "asked")],
        message: "So it is",
      },
      "not answered": {
        args: { of: { reply: "asked" }, holds: "true()" },
        lines: asked,
        message: "A request was not answered",
      },
      "a missing message, where it has to be there": {
        args: { of: { hello: "a" }, holds: "true()", missing: "broken" },
        lines: open("a"),
        message: "The message did not come",
      },
      "one that was waited for before the drive stopped": {
        args: { of: { hello: "a" }, holds: "true()", missing: "broken" },
        lines: [open("a"), step("gave-up", "a"), step("stopped")],
        message: "The message did not come",
      },
    },
    unseen: {
      "no such message": { args: { of: { hello: "a" }, holds: "true()" }, lines: connect("a") },
      "no opening handshake": {
        args: { of: { hello: "a" }, holds: "true()", missing: "broken" },
        lines: connect("a"),
      },
      "no connection": { args: { of: { hello: "a" }, holds: "true()", missing: "broken" }, lines: session("b") },
      "a missing message, for the drive stopped before": {
        args: { of: { hello: "a" }, holds: "true()", missing: "broken" },
        lines: [open("a"), step("gave-up", "b"), step("stopped")],
      },
      "a session-id that was not given": {
        args: { of: { reply: "asked" }, holds: "//nc:x = ${b.session-id}" },
        lines: [connect("b"), asked, reply("a", "asked")],
      },
    },
  },
  same: {
    holds: {
      "with other prefixes and layout": {
        args: { replies: ["one", "two"] },
        lines: [
          two,
          reply("a", "one", '<data><x xmlns="urn:x">1</x></data>'),
          reply("a", "two", '<data> <p:x xmlns:p="urn:x">1</p:x> </data>'),
        ],
      },
    },
    broken: {
      "another content": {
        args: { replies: ["one", "two"] },
        lines: [two, reply("a", "one", "<data>1</data>"), reply("a", "two", "<data>2</data>")],
        message: '"two" got another reply than "one"',
      },
      "an error instead": {
        args: { replies: ["one", "two"] },
        lines: [two, reply("a", "one", "<data/>"), reply("a", "two", errorBody())],
        message: '"two" got another reply than "one"',
      },
      "one is missing": {
        args: { replies: ["one", "two"] },
        lines: [two, reply("a", "two")],
        message: "A request was not answered",
      },
    },
    unseen: { "not sent": { args: { replies: ["asked", "two"] }, lines: [asked, reply("a", "asked")] } },
  },
  streams: {
    holds: {
      "a good list": {
        args: { of: { reply: "asked" } },
        requirement: "NTF-STR-003",
        lines: listed(streamList("NETCONF", replayed + created)),
      },
      "a problem of another requirement": {
        args: { of: { reply: "asked" } },
        requirement: "NTF-STR-001",
        lines: listed(streamList("NETCONF", replayed)),
      },
    },
    broken: {
      "its own problem": {
        args: { of: { reply: "asked" } },
        requirement: "NTF-STR-003",
        lines: listed(streamList("NETCONF", replayed)),
        message: expect.stringContaining("replayLogCreationTime"),
      },
      "an error instead of the list": {
        args: { of: { reply: "asked" } },
        requirement: "NTF-STR-001",
        lines: listed(errorBody()),
        message: expect.stringContaining("NETCONF"),
      },
      "no reply": { args: { of: { reply: "asked" } }, lines: asked, message: "A request was not answered" },
    },
    unseen: {
      "no list that could be wrong": {
        args: { of: { reply: "asked" } },
        requirement: "NTF-STR-002",
        lines: listed(errorBody()),
      },
      "not sent": { args: { of: { reply: "asked" } }, lines: session("a") },
    },
  },
  "all-ok": {
    holds: {
      "each of them": {
        args: { of: "each" },
        lines: [session("a"), rpc("a", "each/NETCONF"), reply("a", "each/NETCONF")],
      },
    },
    broken: {
      "one refused": {
        args: { of: "each" },
        lines: [
          session("a"),
          rpc("a", "each/NETCONF"),
          reply("a", "each/NETCONF"),
          rpc("a", "each/other"),
          reply("a", "each/other", errorBody()),
        ],
        message: 'The subscription to the listed stream "other" was refused',
      },
      "one not answered": {
        args: { of: "each" },
        lines: [session("a"), rpc("a", "each/NETCONF")],
        message: 'The subscription to the listed stream "NETCONF" was not answered',
      },
    },
    unseen: { "none listed": { args: { of: "each" }, lines: [asked, reply("a", "asked")] } },
  },
  "log-renewed": {
    holds: {
      "made after the event": {
        args: { of: { reply: "asked" }, since: "m", on: "b" },
        lines: [
          subscribed("b"),
          trigger("m", { token: "t." }),
          notification("b", event("t."), "2026-01-01T00:00:00.9Z"),
          listed(streamList("NETCONF", replayed + created)),
        ],
      },
    },
    broken: {
      "older than the event": {
        args: { of: { reply: "asked" }, since: "m", on: "b" },
        lines: [
          subscribed("b"),
          trigger("m", { token: "t." }),
          notification("b", event("t."), "2026-01-01T00:00:01Z"),
          listed(streamList("NETCONF", replayed + created)),
        ],
        message: "replayLogCreationTime is older than an event from before the log was reset",
      },
    },
    unseen: {
      "no event": {
        args: { of: { reply: "asked" }, since: "m", on: "a" },
        lines: listed(streamList("NETCONF", replayed + created)),
      },
    },
  },
  "replies-in": {
    holds: {
      "in that order, others aside": {
        args: { on: "a", ids: ["x", "y"] },
        lines: [asked, joined(...["x", "m0-1", "y"].map((id) => message("a", "server", replyText(id, "<ok/>"))))],
      },
    },
    broken: {
      "one is missing": {
        args: { on: "a", ids: ["x", "y"] },
        lines: [session("a"), message("a", "server", replyText("x", "<ok/>"))],
        message: "Requests were not answered one by one in their order",
      },
      "in another order": {
        args: { on: "a", ids: ["x", "y"] },
        lines: [session("a"), joined(...["y", "x"].map((id) => message("a", "server", replyText(id, "<ok/>"))))],
        message: "Requests were not answered one by one in their order",
      },
    },
    unseen: { "not opened": { args: { on: "b", ids: ["x"] }, lines: session("a") } },
  },
  "echoed-id": {
    holds: {
      "the same": { args: { to: "asked" }, lines: [asked, reply("a", "asked")] },
      "behind the late reply to another": {
        args: { to: "two" },
        lines: [two, reply("a", "one"), reply("a", "two")],
      },
    },
    broken: {
      "another one": {
        args: { to: "asked" },
        lines: [asked, reply("a", "asked", "<ok/>", { id: "M0-1" })],
        message: "The message-id did not come back as it was",
      },
      none: {
        args: { to: "asked" },
        lines: [asked, reply("a", "asked", "<ok/>", { id: null })],
        message: "The message-id did not come back as it was",
      },
      "no reply": { args: { to: "asked" }, lines: asked, message: "A request was not answered" },
    },
    unseen: { "not sent": { args: { to: "asked" }, lines: session("a") } },
  },
  "refused-or-ended": {
    holds: {
      "an error without message-id": {
        args: { after: "one", probe: "two" },
        lines: [
          two,
          reply("a", "one", errorBody("malformed-message", { type: "rpc" }), { id: null }),
          reply("a", "two"),
        ],
      },
      "the end": { args: { after: "asked", probe: "two" }, lines: [asked, fin] },
      "the late reply to an earlier request is no answer to it": {
        args: { after: "two", probe: "three" },
        lines: [two, reply("a", "one"), reply("a", "two", errorBody()), rpc("a", "three"), reply("a", "three")],
      },
    },
    broken: {
      "carried out": {
        args: { after: "one", probe: "two" },
        lines: [two, reply("a", "one"), reply("a", "two")],
        message: "A message that is no proper request was carried out",
      },
      silence: {
        args: { after: "one", probe: "two" },
        lines: [two, reply("a", "two")],
        message: "A message that is no proper request was passed over in silence",
      },
    },
    unseen: { "not sent": { args: { after: "one", probe: "two" }, lines: session("a") } },
  },
  "error-tag": {
    holds: {
      "one of them": {
        args: { to: "asked", tag: ["invalid-value", "operation-failed"] },
        lines: [asked, reply("a", "asked", errorBody("operation-failed"))],
      },
    },
    broken: {
      "another tag": {
        args: { to: "asked", tag: ["invalid-value"] },
        lines: [asked, reply("a", "asked", errorBody("in-use"))],
        message: "The error has error-tag in-use",
      },
    },
    unseen: {
      "carried out": { args: { to: "asked", tag: ["x"] }, lines: [asked, reply("a", "asked")] },
      "no answer": { args: { to: "asked", tag: ["x"] }, lines: asked },
    },
  },
  "no-error-tag": {
    holds: {
      "another tag": {
        args: { to: "asked", tag: "malformed-message" },
        lines: [asked, reply("a", "asked", errorBody("operation-failed"))],
      },
      "the end": { args: { to: "asked", tag: "malformed-message" }, lines: [asked, fin] },
    },
    broken: {
      "that tag": {
        args: { to: "asked", tag: "malformed-message" },
        lines: [asked, reply("a", "asked", errorBody("malformed-message"), { id: null })],
        message: "The error-tag malformed-message was used where it does not exist",
      },
    },
    unseen: {
      "not sent": { args: { to: "asked", tag: "x" }, lines: [session("a"), fin] },
      "neither answer nor end": { args: { to: "asked", tag: "x" }, lines: asked },
    },
  },
  "ok-or-error": {
    holds: {
      ok: { args: { to: "asked", tag: "in-use" }, lines: [asked, reply("a", "asked")] },
      "that error": { args: { to: "asked", tag: "in-use" }, lines: [asked, reply("a", "asked", errorBody("in-use"))] },
    },
    broken: {
      "another error": {
        args: { to: "asked", tag: "in-use" },
        lines: [asked, reply("a", "asked", errorBody("too-big"))],
        message: "The error has error-tag too-big",
      },
      "no reply": { args: { to: "asked", tag: "in-use" }, lines: asked, message: "A request was not answered" },
    },
    unseen: { "not sent": { args: { to: "asked", tag: "in-use" }, lines: session("a") } },
  },
  "capability-true": {
    holds: {
      "advertised, and works": {
        args: { hello: "a", capability: "urn:ietf:params:netconf:capability:interleave:1.0", "shown-by": "asked" },
        lines: [asked, reply("a", "asked")],
      },
      "not advertised, and refused": {
        args: { hello: "a", capability: "urn:ietf:params:netconf:capability:xpath:1.0", "shown-by": "asked" },
        lines: [asked, reply("a", "asked", errorBody())],
      },
    },
    broken: {
      "works, but is not advertised": {
        args: { hello: "a", capability: "urn:ietf:params:netconf:capability:xpath:1.0", "shown-by": "asked" },
        lines: [asked, reply("a", "asked")],
        message: "The operation works, but its capability is not advertised",
      },
      "advertised, but refused": {
        args: { hello: "a", capability: "urn:ietf:params:netconf:capability:interleave:1.0", "shown-by": "asked" },
        lines: [asked, reply("a", "asked", errorBody())],
        message: "The capability is advertised, but the operation is refused",
      },
    },
    unseen: {
      "no reply that shows it": { args: { hello: "a", capability: "urn:x", "shown-by": "asked" }, lines: asked },
    },
  },
};

test.each(rowsOf(samples))("$title", ({ reports, expected }) => {
  expect(reports()).toEqual([expect.objectContaining(expected)]);
});

test("every check of replies and streams has samples of every kind", () =>
  expect(lacking(samples, { ...checks, ...streamChecks })).toEqual([]));

test("an XPath that is none is the fixture's fault", () => {
  const args = { of: { reply: "asked" }, holds: "//[" };
  expect(() => reportsOf("xml", args, "rfc6455", [asked, reply("a", "asked")])).toThrow('XPath "//["');
});
