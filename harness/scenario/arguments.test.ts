/** What a text of a fixture becomes in a drive, and the times it may name. */
import { describe, expect, test } from "vitest";
import { readMessage, readXml } from "../netconf/index.ts";
import type { Connection } from "../session/connection.ts";
import { startRecorder } from "../session/recorder.ts";
import { argumentsOf, fill, payloadOf, required, text } from "./arguments.ts";
import { type DriveContext, DriveStop, fresh, freshMessageId, serverNow } from "./context.ts";
import { targetAt } from "./testing/driven.ts";
import { notification } from "./testing/netconf-script.ts";
import { timeText } from "./time.ts";

const item = (token: string, eventTime: string) => {
  const reading = readXml(notification(`<x xmlns="urn:x">${token}</x>`, eventTime));
  return { type: "message", text: "", netconf: reading.ok ? readMessage(reading.root) : undefined };
};
const settings = { word: "w", edit: { node: '<n op="${operation}">${key}</n>', filter: "<n>${key}</n>" } };
const inboxes = [
  [item("one.", "2026-01-01T12:00:00.25+02:00"), { type: "end", how: "fin" }],
  [item("two.", "2026-01-01T09:59:59Z"), item("one.", "no time"), item("three.", "2030-01-01T00:00:00Z")],
];
const context = {
  serial: "t",
  counter: 0,
  recorder: startRecorder(),
  clock: () => Date.UTC(2026, 0, 1, 0, 0, 0),
  facts: {
    clockOffsetMs: 1500,
    streams: [
      { name: "NETCONF", replay: true },
      { name: "none", replay: false },
      { name: "extra", replay: true },
    ],
  },
  target: targetAt(1, {
    claims: {
      settings,
      subprotocol: "netconf",
      encapsulation: { opcode: "text", framing: "none" },
      capabilities: "from-hello",
      limits: { message: 1, sessions: 1 },
    },
  }),
  sessionIds: new Map([["a", "12"]]),
  marks: new Map([
    [
      "m",
      [
        { mark: "m", token: "one." },
        { mark: "m", token: "two." },
      ],
    ],
    ["s", [{ mark: "s", sessionId: "3" }]],
  ]),
  connections: new Map(inboxes.map((inbox, index) => [String(index), { inbox } as unknown as Connection])),
} as unknown as DriveContext;

describe("a time", () => {
  test.each([
    ["now", "2026-01-01T00:00:01.500Z"],
    ["now-1h", "2025-12-31T23:00:01.500Z"],
    ["now+2d", "2026-01-03T00:00:01.500Z"],
    ["now+1m", "2026-01-01T00:01:01.500Z"],
    ["now+7s", "2026-01-01T00:00:08.500Z"],
    ["now-500ms", "2026-01-01T00:00:01.000Z"],
    ["now+1us", "2026-01-01T00:00:01.500001Z"],
    ["now+60%", "2026-01-01T00:00:02.700Z"],
    ["now digits 0", "2026-01-01T00:00:01Z"],
    ["now digits 9", "2026-01-01T00:00:01.500000000Z"],
    ["now zone +09:00", "2026-01-01T09:00:01.500+09:00"],
    ["now zone -00:30", "2025-12-31T23:30:01.500-00:30"],
    ["now-1h zone -10:00 digits 1", "2025-12-31T13:00:01.5-10:00"],
    ["first(m)", "2026-01-01T09:59:59Z"],
    ["last(m)", "2026-01-01T10:00:00.25Z"],
    ["last(m)+1ms", "2026-01-01T10:00:00.251Z"],
    ["first(m)+1ms", "2026-01-01T09:59:59.001Z"],
    ["last(m)-1us zone +02:00", "2026-01-01T12:00:00.249999+02:00"],
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
    ["not a time", "not a time"],
    ["now+1y", "now+1y"],
    ["first()", "first()"],
  ])("%s is %s", (expression, expected) => expect(timeText(context, expression)).toBe(expected));

  test("of an event that was not seen stops the drive", () => {
    expect(() => timeText(context, "first(s)")).toThrow(new DriveStop('no eventTime of "s" was seen'));
    expect(() => timeText(context, "last(unknown)")).toThrow(DriveStop);
  });

  test("now is the server's, not ours", () => expect(serverNow(context).nanos).toBe(1767225601500000000n));
});

describe("a text", () => {
  test.each([
    ["nothing to fill in ${id} ${unknown:x}", "nothing to fill in ${id} ${unknown:x}"],
    ["<id>${a.session-id}</id>", "<id>12</id>"],
    ["${time:now-1h} ${time:first(m)}", "2025-12-31T23:00:01.500Z 2026-01-01T09:59:59Z"],
    ["${token:m}|${token:m}", "one.|one."],
    ["${setting:word} ${setting:missing}", "w "],
    ["${stream:no-replay} ${stream:other}", "none extra"],
    ["${counting:8}", "00000-00"],
    ["${edit-key:x}", "nt-x"],
  ])("%s becomes %s", (source, expected) => expect(fill(context, source)).toBe(expected));

  test("an edit and what shows it", () => {
    expect(fill(context, "${edit:create:x}")).toContain('<config><n op="create">nt-x</n></config>');
    expect(fill(context, "${edit-read:x}")).toContain('<filter type="subtree"><n>nt-x</n></filter>');
    expect(fill(context, "${edit-filter:x}")).toBe("<n>nt-x</n>");
  });

  test("every run of eight of a counting text stands once", () => {
    const long = fill(context, "${counting:30000}");
    expect(long).toHaveLength(30000);
    expect(new Set(Array.from({ length: long.length - 7 }, (_, at) => long.slice(at, at + 8))).size).toBe(29993);
  });

  test.each(["${b.session-id}", "${token:s}", "${token:unknown}"])(
    "%s, which nobody knows, stops the drive",
    (source) => {
      expect(() => fill(context, source)).toThrow(DriveStop);
    },
  );

  test("a stream that is not listed stops the drive", () => {
    const bare = { ...context, facts: { ...context.facts, streams: [] } };
    expect(() => fill(bare, "${stream:other}")).toThrow('no stream for "other"');
  });
});

test("arguments may be a word; what is missing is told", () => {
  expect(argumentsOf("a")).toEqual({ as: "a" });
  expect(argumentsOf({ on: "a" })).toEqual({ on: "a" });
  expect(argumentsOf(null)).toEqual({ as: null });
  expect([text({ n: 0 }, "n"), text({ n: null }, "n"), text({}, "n")]).toEqual(["0", undefined, undefined]);
  expect(() => required({}, "on")).toThrow(new DriveStop('the step lacks "on"'));
});

test.each([
  [{ hex: "01 fF\n00" }, "01ff00"],
  [{ text: "é${a.session-id}" }, "c3a93132"],
  [{ size: 3 }, "616161"],
  [{ size: 5, fill: "xy" }, "7879787978"],
  [{}, ""],
])("the payload of %j is %s", (args, hex) => {
  expect(Buffer.from(payloadOf(context, args)).toString("hex")).toBe(hex);
});

test("names and message-ids are fresh", () => {
  const made = { ...context };
  expect([fresh(made, "x"), fresh(made, "x"), freshMessageId(made, "m")]).toEqual(["xt-1", "xt-2", "m3"]);
});
