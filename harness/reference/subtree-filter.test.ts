import { describe, expect, test } from "vitest";
import { createEngine } from "./engine.ts";
import { NETMOD } from "./names.ts";
import { hello, join } from "./testing/peer.ts";

const streams = (inner: string): string =>
  `<filter><netconf xmlns="${NETMOD}"><streams>${inner}</streams></netconf></filter>`;
const data = (filter: string, greeting = hello()): string => {
  const reply = join(createEngine({ wall: () => 0 }), greeting).ask(`<get>${filter}</get>`);
  return /<data>(.*)<\/data>|<data\/>/s.exec(reply)?.[1] ?? (reply.includes("<data/>") ? "" : reply);
};
const count = (text: string, part: string): number => text.split(part).length - 1;
const everything = data(streams(""));

describe("subtree filters of get", () => {
  test.each([
    ["an empty filter", "<filter/>"],
    ["a blank filter", '<filter type="subtree"> \n </filter>'],
    ["another namespace", '<filter><netconf xmlns="urn:example:other"><streams/></netconf></filter>'],
    ["a stream there is not", streams("<stream><name>NO-SUCH</name><description/></stream>")],
    [
      "one failed content match of two",
      streams("<stream><name>NETCONF</name><replaySupport>false</replaySupport></stream>"),
    ],
    ["a name in another case", streams("<stream><name>netconf</name></stream>")],
    ["inner white space", streams("<stream><name>NET CONF</name></stream>")],
    ["an attribute the data has not", streams('<stream xmlns:ex="urn:e" ex:none="1"/>')],
  ])("%s selects nothing", (_name, filter) => {
    expect(data(filter)).toBe("");
  });

  test.each([
    ["an empty tag", `<filter><netconf xmlns="${NETMOD}"/></filter>`],
    ["white space inside", `<filter><netconf xmlns="${NETMOD}"> <streams> </streams> </netconf></filter>`],
    ["a subtree type", `<filter type="subtree"><netconf xmlns="${NETMOD}"/></filter>`],
    ["the null namespace", '<filter><netconf xmlns=""><streams/></netconf></filter>'],
    ["an unknown branch beside it", `<filter><nothing xmlns="urn:x"/><netconf xmlns="${NETMOD}"/></filter>`],
    ["an xpath of all", `<filter type="xpath" xmlns:m="${NETMOD}" select="/m:netconf"/>`],
  ])("%s selects all streams", (_name, filter) => {
    expect(data(filter)).toBe(everything);
    expect(count(everything, "<stream>")).toBe(3);
  });

  test("the null namespace is no wildcard in base:1.0", () => {
    const old = hello("urn:ietf:params:netconf:base:1.0");
    expect(data('<filter><netconf xmlns=""><streams/></netconf></filter>', old)).toBe("");
  });

  test("selection nodes restrict, content matches choose", () => {
    const selected = data(streams("<stream><replaySupport/></stream>"));
    expect(count(selected, "<replaySupport>")).toBe(3);
    expect(selected).not.toContain("description");
    const whole = data(streams("<stream><name>\n NETCONF \n</name></stream>"));
    expect(whole).toMatch(/^<netconf [^>]*><streams><stream><name>NETCONF<.*<replayLogCreationTime>/);
    expect(count(whole, "<stream>")).toBe(1);
    const part = data(streams("<stream><name>NETCONF</name><replaySupport/></stream>"));
    expect(part).toContain("<stream><name>NETCONF</name><replaySupport>true</replaySupport></stream>");
  });

  test("subtrees unite without repetition", () => {
    const united = data(
      streams(
        "<stream><name>NETCONF</name><replaySupport/></stream><stream><name>NETCONF</name><description/></stream>",
      ),
    );
    expect(united).toMatch(
      /<stream><name>NETCONF<\/name><description>[^<]*<\/description><replaySupport>true<\/replaySupport><\/stream><\/streams>/,
    );
  });

  test("get-config has no state data; get has both", () => {
    const peer = join(createEngine());
    const config = peer.ask(`<get-config><source><running/></source>${streams("")}</get-config>`);
    expect(config).toContain("<data/>");
    expect(peer.ask("<get/>")).toMatch(/<reference .*<netconf /s);
  });
});

describe("xpath filters of get", () => {
  const rows: readonly [string, string, string][] = [
    [
      "a leaf with ancestors and key",
      "//m:description[../m:name='NETCONF']",
      "<stream><name>NETCONF</name><description>",
    ],
    ["a relative path", "m:netconf/m:streams/m:stream[2]/m:name", "<stream><name>ncwspec</name></stream>"],
    ["text nodes", "//m:stream[1]/m:replaySupport/text()", "<replaySupport>true</replaySupport>"],
    [
      "a union over both trees",
      "/m:netconf/m:streams/m:stream[3] | /c:reference/c:settings/c:level",
      "<level>1</level>",
    ],
  ];
  test.each(rows)("%s", (_name, select, part) => {
    const reply = data(
      `<filter type="xpath" xmlns:m="${NETMOD}" xmlns:c="urn:ncwspec:reference:config" select="${select}"/>`,
    );
    expect(reply).toContain(part);
    expect(count(reply, "<stream>")).toBe(1);
  });

  test("the root selects everything, no node nothing", () => {
    expect(data('<filter type="xpath" select="/"/>')).toBe(data(""));
    expect(data('<filter type="xpath" select="/none"/>')).toBe("");
  });
});
