import { describe, expect, test } from "vitest";
import { readXml } from "./xml.ts";
import { assertXPath, checkXPath, xpathSelectsEvent } from "./xpath.ts";

const ex = "urn:example:event";
const source = `<event xmlns="${ex}"><eventClass>fault</eventClass><reportingEntity><card>Ethernet0</card></reportingEntity><severity>major</severity><count>3</count></event>`;
const reading = readXml(source);
if (!reading.ok) throw new Error(reading.error.message);
const event = reading.root;

describe("an event filter", () => {
  const table: [string, boolean | "undecided"][] = [
    ["/ex:event", true],
    ["ex:event", true],
    ["/event", false],
    ["/ex:event[ex:eventClass='fault' and ex:severity='major']", true],
    ["/ex:event[ex:eventClass='state' or ex:severity='minor']", false],
    ["//ex:card", true],
    ["/ex:event/ex:card", false],
    ["/ex:event/ex:reportingEntity/ex:card='Ethernet0'", true],
    ["/ex:event/ex:count > 2", true],
    ["/ex:event/ex:count > 3", false],
    ["count(/ex:event)", true],
    ["count(/ex:event/ex:none)", false],
    ["string(/ex:event/ex:severity)", true],
    ["string(/ex:event/ex:none)", false],
    ["boolean(/ex:event/ex:none)", false],
    ["not(/ex:event/ex:none)", true],
    ["0", false],
    ["'false'", true],
    ["/n:notification", false],
    ["starts-with(/ex:event/ex:reportingEntity/ex:card, 'Eth')", true],
    ["/*[local-name()='event' and namespace-uri()='urn:example:event']", true],
    ["/ex:event/..", true],
    ["//[", "undecided"],
    ["", "undecided"],
    ["/nope:event", "undecided"],
    ["'a:b' = 'a:b'", true],
    ["self::node()", true],
    ["frobnicate(1)", "undecided"],
  ];
  test.each(table)("%s is %s", (select, expected) => {
    expect(xpathSelectsEvent(select, { ex, n: "urn:ietf:params:xml:ns:netconf:notification:1.0" }, event)).toBe(
      expected,
    );
  });

  test("sees the content element alone, not what it stands in", () => {
    const whole = readXml(`<n:notification xmlns:n="urn:n"><n:eventTime>t</n:eventTime>${source}</n:notification>`);
    if (!whole.ok) throw new Error(whole.error.message);
    const content = whole.root.children[1];
    if (content?.kind !== "element") throw new Error("no content");
    expect(xpathSelectsEvent("//n:eventTime", { n: "urn:n" }, content)).toBe(false);
    expect(xpathSelectsEvent("/ex:event", { ex }, content)).toBe(true);
  });
});

describe("an assertion", () => {
  test("sees declarations that no name uses", () => {
    const message = readXml('<a xmlns="urn:a" xmlns:foo="urn:foo"/>');
    if (!message.ok) throw new Error(message.error.message);
    expect(assertXPath(message.root, "/a:a/namespace::*[.='urn:foo']", { a: "urn:a" })).toEqual({
      ok: true,
      value: true,
    });
  });

  test("says what is wrong with an expression", () => {
    expect(checkXPath("/a:b", {})).toMatch(/prefix a is not declared/);
    expect(checkXPath("/a[", {})).toBeDefined();
    expect(checkXPath("/xml:a | child::b/@c", {})).toBeUndefined();
  });
});
