import { describe, expect, test, vi } from "vitest";
import { readDateTime } from "./date-time.ts";
import { createEngine } from "./engine.ts";
import { emit, eventTimeOf, hello, join, joinSilently, marks, subscribe } from "./testing/peer.ts";
import type { Engine } from "./types.ts";

const EVENT = 'xmlns="urn:ncwspec:event"';
const PAST = "<startTime>1990-01-01T00:00:00Z</startTime>";
const hoursFromNow = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

function logged(engine: Engine, ...tokens: readonly string[]): string[] {
  const observer = join(engine);
  observer.ask(subscribe());
  for (const token of tokens) engine.emit({ token });
  observer.gone("closed");
  return observer.got.filter((message) => message.includes("<token>")).map(eventTimeOf);
}

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
    const before = created();
    engine.resetLog();
    expect(created() > before).toBe(true);
    expect(entry().split("replayLogAgedTime")).toHaveLength(1);
  });
});

describe("filters", () => {
  const events = {
    critical: { token: "critical", eventClass: "fault", severity: "critical", card: "Ethernet0" },
    major: { token: "major", eventClass: "fault", severity: "major", card: "Ethernet2" },
    state: { token: "state", eventClass: "state", operState: "up", card: "Ethernet0" },
  };
  const subtree = (inner: string, attributes = EVENT): string =>
    `<filter><event ${attributes}>${inner}</event></filter>`;
  const xpath = (select: string): string => `<filter type="xpath" xmlns:ex="urn:ncwspec:event" select="${select}"/>`;

  const rows: readonly [string, string, (keyof typeof events)[]][] = [
    ["no filter", "", ["critical", "major", "state"]],
    ["an empty filter", "<filter/>", []],
    ["a blank filter", "<filter> \n </filter>", []],
    ["a selection", subtree(""), ["critical", "major", "state"]],
    ["a content match", subtree("<severity>\n critical </severity>"), ["critical"]],
    ["a content match and a selection", subtree("<eventClass>fault</eventClass><severity/>"), ["critical", "major"]],
    ["a selection of what some lack", subtree("<operState/>"), ["state"]],
    [
      "a nested content match",
      subtree("<eventClass>fault</eventClass><reportingEntity><card>Ethernet0</card></reportingEntity>"),
      ["critical"],
    ],
    [
      "alternatives",
      `<filter><event ${EVENT}><severity>major</severity></event><event ${EVENT}><operState>up</operState></event></filter>`,
      ["major", "state"],
    ],
    ["the null namespace", subtree("<severity>major</severity>", 'xmlns=""'), ["major"]],
    ["a wrong namespace", subtree("", 'xmlns="urn:example:other"'), []],
    [
      "the wrapper",
      `<filter><notification xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"><event ${EVENT}/></notification></filter>`,
      [],
    ],
    ["an unknown element", '<filter><nothing xmlns="urn:example:other"/></filter>', []],
    ["an attribute the data has not", subtree("", `${EVENT} a="1"`), []],
    ["an xpath node set", xpath("/ex:event[ex:eventClass='fault' and ex:severity='major']"), ["major"]],
    ["a relative xpath", xpath("ex:event/ex:operState"), ["state"]],
    ["an xpath boolean", xpath("boolean(/ex:event/ex:severity='critical')"), ["critical"]],
    ["an xpath number", xpath("count(/ex:event/ex:operState)"), ["state"]],
    ["an xpath string", xpath("string(/ex:event/ex:severity)"), ["critical", "major"]],
    [
      "an xpath on the wrapper",
      '<filter type="xpath" xmlns:n="urn:ietf:params:xml:ns:netconf:notification:1.0" select="/n:notification"/>',
      [],
    ],
  ];

  test.each(rows)("%s decides about whole events, replayed and live", (_name, filter, passed) => {
    const engine = createEngine();
    const observer = join(engine);
    observer.ask(subscribe());
    const sendAll = (): void => {
      for (const event of Object.values(events)) engine.emit(event);
    };
    sendAll();
    const peer = join(engine);
    expect(peer.ask(subscribe(`${filter}${PAST}`))).toContain("<ok/>");
    sendAll();
    expect(marks(peer.got)).toEqual([...passed, "replayComplete", ...passed]);
    expect(marks(observer.got)).toHaveLength(6);
    const whole = peer.got.filter((message) => message.includes("<token>"));
    for (const message of whole) expect(observer.got).toContain(message);
  });

  test("without base:1.1 the null namespace is no wildcard", () => {
    const engine = createEngine();
    const peer = join(engine, hello("urn:ietf:params:netconf:base:1.0"));
    peer.ask(subscribe(subtree("", 'xmlns=""')));
    engine.emit({ token: "x" });
    expect(marks(peer.got)).toEqual([]);
  });
});

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

describe("base notifications", () => {
  const reasons: readonly [string, (peer: ReturnType<typeof join>, engine: Engine) => void, string][] = [
    ["close-session", (peer) => void peer.ask("<close-session/>"), "closed"],
    ["an orderly close", (peer) => peer.gone("closed"), "closed"],
    ["a lost connection", (peer) => peer.gone("dropped"), "dropped"],
    ["a restart of the server", (_peer, engine) => engine.restart(), "other"],
  ];
  test.each(reasons)("the end by %s is reported once", (_name, end, reason) => {
    const engine = createEngine();
    const observer = join(engine);
    observer.ask(subscribe());
    const peer = join(engine);
    end(peer, engine);
    peer.gone("dropped");
    const about = join(engine);
    about.ask(subscribe(PAST));
    const ends = about.got.filter((m) => m.includes(`<session-id>${peer.id}</session-id>`));
    expect(ends).toHaveLength(2);
    expect(ends[0]).toContain("<netconf-session-start xmlns=");
    expect(ends[0]).toContain("<username>tester</username>");
    expect(ends[0]).toContain("<source-host>192.0.2.1</source-host>");
    expect(ends[1]).toContain(`<termination-reason>${reason}</termination-reason></netconf-session-end>`);
    expect(ends[1]).not.toContain("killed-by");
  });

  test("killed-by names the killer", () => {
    const engine = createEngine();
    const [observer, victim, killer] = [join(engine), join(engine), join(engine)];
    observer.ask(subscribe());
    killer.ask(`<kill-session><session-id>${victim.id}</session-id></kill-session>`);
    expect(observer.got.at(-1)).toContain(
      `<killed-by>${killer.id}</killed-by><termination-reason>killed</termination-reason>`,
    );
  });
});
