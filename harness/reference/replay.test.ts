import { describe, expect, test, vi } from "vitest";
import { createEngine } from "./engine.ts";
import { emit, eventTimeOf, join, logged, marks, subscribe } from "./testing/peer.ts";

const EVENT = 'xmlns="urn:ncwspec:event"';
const PAST = "<startTime>1990-01-01T00:00:00Z</startTime>";

describe("replay", () => {
  test("comes after ok, with original times, bounds included, and never repeats control notifications", () => {
    const engine = createEngine();
    const times = logged(engine, "1", "2", "3", "4", "5");
    const window = `<startTime>${times[1]}</startTime><stopTime>${times[3]}</stopTime>`;
    for (let turn = 0; turn < 2; turn++) {
      const peer = join(engine);
      const got = peer.say(
        `<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="9">${subscribe(window)}</rpc>`,
      );
      expect(got[0]).toContain("<ok/>");
      expect(marks(got)).toEqual(["2", "3", "4", "replayComplete", "notificationComplete"]);
      expect(got.filter((message) => message.includes("<token>")).map(eventTimeOf)).toEqual(times.slice(1, 4));
      engine.emit({ token: "after" });
      expect(marks(peer.got)).not.toContain("after");
      expect(peer.ask(subscribe())).toContain("<ok/>");
    }
  });

  test("a startTime of nanoseconds after an event leaves it out", () => {
    const engine = createEngine();
    const [time = ""] = logged(engine, "1", "2");
    const peer = join(engine);
    peer.ask(subscribe(`<startTime>${time.replace("Z", "001Z")}</startTime>`));
    expect(marks(peer.got)).toEqual(["2", "replayComplete"]);
  });

  test("is per stream", () => {
    const engine = createEngine();
    engine.emit({ token: "a" });
    engine.emit({ token: "b", stream: "ncwspec" });
    const peer = join(engine);
    peer.ask(subscribe(`<stream>ncwspec</stream>${PAST}`));
    expect(marks(peer.got)).toEqual(["b", "replayComplete"]);
  });

  test("a given generation time counts, not that of arrival", () => {
    const engine = createEngine();
    engine.emit({ token: "old", eventTime: "2001-01-01T01:00:00+01:00" });
    engine.emit({ token: "new" });
    const peer = join(engine);
    peer.ask(subscribe("<startTime>2000-01-01T00:00:00Z</startTime><stopTime>2001-01-01T00:00:00Z</stopTime>"));
    expect(marks(peer.got)).toEqual(["old", "replayComplete", "notificationComplete"]);
    expect(() => engine.emit({ token: "bad", eventTime: "2001-01-01" })).toThrow(RangeError);
  });

  test("log and live meet without gap or repetition, whoever subscribes in between", () => {
    const engine = createEngine();
    const peers: ReturnType<typeof join>[] = [];
    const expected: string[] = [];
    for (let n = 0; n < 200; n++) {
      expected.push(String(n));
      if (n % 10 === 5) {
        const peer = join(engine);
        peers.push(peer);
        peer.ask(subscribe(`${PAST}<filter><event ${EVENT}/></filter>`));
      }
      if (n % 2 === 0) engine.emit({ token: String(n) });
      else (peers[0] ?? join(engine)).ask(emit(String(n)));
    }
    for (const { got } of peers) {
      const seen = marks(got);
      expect(seen.filter((mark) => mark === "replayComplete")).toHaveLength(1);
      expect(seen.filter((mark) => mark !== "replayComplete")).toEqual(expected);
    }
    const times = peers[0]?.got.map(eventTimeOf).filter((time) => time !== "") ?? [];
    expect(new Set(times).size).toBe(times.length);
  });
});

describe("stopTime", () => {
  test("to come: live until then, one notificationComplete, and the session goes on", () => {
    vi.useFakeTimers();
    try {
      const engine = createEngine();
      const peer = join(engine);
      const stop = new Date(Date.now() + 3_000_000_000).toISOString();
      peer.ask(subscribe(`<startTime>${new Date().toISOString()}</startTime><stopTime>${stop}</stopTime>`));
      engine.emit({ token: "in" });
      vi.advanceTimersByTime(2_999_999_999);
      engine.emit({ token: "last" });
      expect(marks(peer.got)).toEqual(["replayComplete", "in", "last"]);
      vi.advanceTimersByTime(2);
      engine.emit({ token: "out" });
      expect(marks(peer.got)).toEqual(["replayComplete", "in", "last", "notificationComplete"]);
      expect(peer.ask("<get/>")).toContain("<data>");
      expect(peer.ask(subscribe())).toContain("<ok/>");
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ["an event after it is not delivered", 10],
    ["ends with the session", 1_000_000],
  ])("%s", (_name, wait) => {
    vi.useFakeTimers();
    try {
      const engine = createEngine();
      const peer = join(engine);
      const now = new Date().toISOString();
      peer.ask(
        subscribe(`<startTime>${now}</startTime><stopTime>${new Date(Date.now() + 5).toISOString()}</stopTime>`),
      );
      if (wait > 10) peer.gone("dropped");
      vi.setSystemTime(Date.now() + 100);
      engine.emit({ token: "late" });
      vi.advanceTimersByTime(wait);
      expect(marks(peer.got)).toEqual(wait > 10 ? ["replayComplete"] : ["replayComplete", "notificationComplete"]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
