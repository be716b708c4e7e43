import { describe, expect, test } from "vitest";
import { createEngine } from "./engine.ts";
import { hello, join, marks, subscribe } from "./testing/peer.ts";

const EVENT = 'xmlns="urn:ncwspec:event"';
const PAST = "<startTime>1990-01-01T00:00:00Z</startTime>";

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
