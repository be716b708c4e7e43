import { describe, expect, test } from "vitest";
import { readDateTime } from "./date-time.ts";
import { createEngine } from "./engine.ts";
import { emit, join, joinSilently, logged, marks, subscribe } from "./testing/peer.ts";

const EVENT = 'xmlns="urn:ncwspec:event"';
const PAST = "<startTime>1990-01-01T00:00:00Z</startTime>";
const hoursFromNow = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

describe("create-subscription", () => {
  test.each([
    ["an unknown stream", "<stream>netconf</stream>", "invalid-value", undefined],
    ["stopTime without startTime", `<stopTime>${hoursFromNow(1)}</stopTime>`, "missing-element", "startTime"],
    ["a startTime to come", `<startTime>${hoursFromNow(1)}</startTime>`, "bad-element", "startTime"],
    [
      "stopTime before startTime",
      `<startTime>${hoursFromNow(-1)}</startTime><stopTime>${hoursFromNow(-2)}</stopTime>`,
      "bad-element",
      "stopTime",
    ],
    ["replay where there is none", `<stream>ncwspec-live</stream>${PAST}`, "operation-failed", undefined],
    ["yesterday", "<startTime>yesterday</startTime>", "bad-element", "startTime"],
    ["month 13", "<startTime>2020-13-01T00:00:00Z</startTime>", "bad-element", "startTime"],
    ["30 February", "<startTime>2020-02-30T00:00:00Z</startTime>", "bad-element", "startTime"],
    ["a mere date", "<startTime>2020-01-01</startTime>", "bad-element", "startTime"],
    ["no zone", "<startTime>2020-01-01T00:00:00</startTime>", "bad-element", "startTime"],
    ["hour 24", "<startTime>2020-01-01T24:00:00Z</startTime>", "bad-element", "startTime"],
    ["a leap second", "<startTime>2016-12-31T23:59:60Z</startTime>", "bad-element", "startTime"],
    ["an unknown parameter", "<dialect>x</dialect>", "unknown-element", "dialect"],
    ["a filter of unknown type", '<filter type="bogus"/>', "bad-attribute", "filter"],
    ["a broken xpath", '<filter type="xpath" select="//["/>', "invalid-value", undefined],
    ["mixed content", `<filter><event ${EVENT}>x<token/></event></filter>`, "bad-element", "filter"],
  ])("%s is refused and leaves no subscription", (_name, content, tag, bad) => {
    const engine = createEngine();
    const peer = join(engine);
    const reply = peer.ask(subscribe(content));
    expect(reply).toContain(`<error-tag>${tag}</error-tag>`);
    if (bad === undefined) expect(reply).not.toContain("<error-info>");
    else expect(reply).toContain(`<bad-element>${bad}</bad-element>`);
    engine.emit({ token: "unheard" });
    expect(marks(peer.got)).toEqual([]);
    expect(peer.ask(subscribe())).toContain("<ok/>");
  });

  test.each(["urn:ietf:params:xml:ns:netmod:notification", "urn:ietf:params:xml:ns:netconf:base:1.0", ""])(
    "is another operation in the namespace '%s'",
    (ns) => {
      expect(join(createEngine()).ask(`<create-subscription xmlns="${ns}"/>`)).toContain("operation-not-supported");
    },
  );

  test("a second one fails and changes nothing", () => {
    const engine = createEngine();
    const peer = join(engine);
    peer.ask(subscribe(`<filter><event ${EVENT}><token>a</token></event></filter>`));
    const reply = peer.ask(subscribe());
    expect(reply).toContain("<error-type>protocol</error-type><error-tag>operation-failed</error-tag>");
    for (const token of ["a", "b", "a"]) engine.emit({ token });
    expect(marks(peer.got)).toEqual(["a", "a"]);
  });

  test("offsets are times, not text", () => {
    const wall = Date.now();
    const shifted = (minutes: number, offset: number): string =>
      new Date(wall + (minutes + offset * 60) * 60_000).toISOString().slice(0, -1) +
      (offset < 0 ? `-0${-offset}:00` : `+0${offset}:00`);
    expect(join(createEngine()).ask(subscribe(`<startTime>${shifted(-30, 9)}</startTime>`))).toContain("<ok/>");
    expect(join(createEngine()).ask(subscribe(`<startTime>${shifted(30, -9)}</startTime>`))).toContain("bad-element");
  });
});

describe("streams", () => {
  test("events go to NETCONF and to the stream named, and to no other", () => {
    const engine = createEngine();
    const peers = ["NETCONF", "ncwspec", "ncwspec-live"].map((stream) => {
      const peer = join(engine);
      expect(peer.ask(subscribe(`<stream>${stream}</stream>`))).toContain("<ok/>");
      return peer;
    });
    const silent = [join(engine), joinSilently(engine)];
    peers[0]?.ask(emit("everywhere"));
    peers[0]?.ask(emit("made", "<stream>ncwspec</stream>"));
    peers[0]?.ask(emit("live", "<stream>ncwspec-live</stream><count>2</count>"));
    expect(peers.map(({ got }) => marks(got))).toEqual([
      ["everywhere", "made", "live", "live"],
      ["made"],
      ["live", "live"],
    ]);
    for (const { got } of silent) expect(marks(got)).toEqual([]);
    expect(peers[0]?.ask(emit("x", "<stream>none</stream>"))).toContain("invalid-value");
  });

  test("the log ages, says so, and is created anew by a reset", () => {
    const engine = createEngine({ logCapacity: 3 });
    const entry = (): string =>
      join(engine).ask('<get><filter><netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"/></filter></get>');
    const created = (): string => /<replayLogCreationTime>([^<]*)/.exec(entry())?.[1] ?? "";
    const times = logged(engine, "a", "b", "c", "d", "e");
    expect(entry()).toContain("<replayLogAgedTime>");
    const aged = readDateTime(/<replayLogAgedTime>([^<]*)/.exec(entry())?.[1] ?? "") ?? 0n;
    expect(aged).toBeGreaterThanOrEqual(readDateTime(times[1] ?? "") ?? 0n);
    engine.ageOut(1);
    const last = readDateTime(/<replayLogAgedTime>([^<]*)/.exec(entry())?.[1] ?? "") ?? 0n;
    expect(last).toBeGreaterThan(aged);
    const before = created();
    engine.resetLog();
    expect(created() > before).toBe(true);
    expect(entry().split("replayLogAgedTime")).toHaveLength(1);
  });
});
