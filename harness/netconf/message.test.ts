import { describe, expect, test } from "vitest";
import { closeSession, createSubscription, get, hello, killSession, rpc, subtreeFilter, xpathFilter } from "./build.ts";
import { sameXml } from "./compare.ts";
import { readMessage } from "./message.ts";
import { attribute, child, childrenOf, inScope, textOf } from "./tree.ts";
import { type NetconfMessage, NS, type XmlElement } from "./types.ts";
import { readXml } from "./xml.ts";

function parse(xml: string): XmlElement {
  const reading = readXml(xml);
  if (!reading.ok) throw new Error(`${reading.error.message}: ${xml}`);
  return reading.root;
}

function read<K extends NetconfMessage["kind"]>(kind: K, xml: string): Extract<NetconfMessage, { kind: K }> {
  const message = readMessage(parse(xml));
  expect(message.kind).toBe(kind);
  return message as Extract<NetconfMessage, { kind: K }>;
}

const nc = `xmlns="${NS.base}"`;

describe("readMessage", () => {
  test("hello: capabilities and session-id, trimmed", () => {
    const message = read(
      "hello",
      `<nc:hello xmlns:nc="${NS.base}"><nc:capabilities><nc:capability>
        urn:ietf:params:netconf:base:1.1 </nc:capability><nc:capability>urn:x?a=1&amp;b=2</nc:capability>
        <capability>not this one</capability></nc:capabilities><nc:session-id> 4 </nc:session-id></nc:hello>`,
    );
    expect(message.capabilities).toEqual(["urn:ietf:params:netconf:base:1.1", "urn:x?a=1&b=2"]);
    expect(message.sessionId).toBe("4");
    expect(read("hello", `<hello ${nc}/>`)).toMatchObject({ capabilities: [] });
    expect("sessionId" in read("hello", `<hello ${nc}/>`)).toBe(false);
  });

  test("rpc: only the unqualified message-id counts", () => {
    const message = read("rpc", `<rpc ${nc} message-id=" 1"><get/></rpc>`);
    expect([message.messageId, message.operation?.local]).toEqual([" 1", "get"]);
    expect("messageId" in read("rpc", `<n:rpc xmlns:n="${NS.base}" n:message-id="1"/>`)).toBe(false);
  });

  test("rpc-reply: ok, errors and data apart", () => {
    expect(read("rpc-reply", `<rpc-reply ${nc} message-id="1"><ok/></rpc-reply>`)).toMatchObject({
      messageId: "1",
      ok: true,
      errors: [],
      data: [],
    });
    const message = read(
      "rpc-reply",
      `<rpc-reply ${nc}><rpc-error><error-type>protocol</error-type><error-tag> bad-element </error-tag>
        <error-severity>error</error-severity><error-app-tag>x</error-app-tag><error-path>/a</error-path>
        <error-message xml:lang="en">why</error-message><error-info><bad-element>b</bad-element><v xmlns="u"/></error-info>
        </rpc-error><rpc-error/><data/><ok xmlns="u"/></rpc-reply>`,
    );
    expect(message.ok).toBe(false);
    expect(message.data.map(({ ns, local }) => [ns, local])).toEqual([
      [NS.base, "data"],
      ["u", "ok"],
    ]);
    expect(message.errors).toHaveLength(2);
    expect(message.errors[0]).toMatchObject({
      type: "protocol",
      tag: "bad-element",
      severity: "error",
      appTag: "x",
      path: "/a",
      message: "why",
    });
    expect(message.errors[0]?.info.map(({ local }) => local)).toEqual(["bad-element", "v"]);
    expect(message.errors[1]).toMatchObject({ info: [] });
  });

  test("notification: eventTime and the first content element", () => {
    const message = read(
      "notification",
      `<notification xmlns="${NS.notification}"><eventTime> 2008-07-08T00:01:00Z </eventTime><e xmlns="u"/><f/></notification>`,
    );
    expect([message.eventTime, message.content?.local]).toEqual(["2008-07-08T00:01:00Z", "e"]);
    expect(read("notification", `<notification xmlns="${NS.notification}"/>`).content).toBeUndefined();
    // An eventTime in another namespace is content.
    const other = read("notification", `<n:notification xmlns:n="${NS.notification}"><eventTime/></n:notification>`);
    expect([other.eventTime, other.content?.local]).toEqual([undefined, "eventTime"]);
  });

  test.each([
    ["<hello/>"],
    [`<hello xmlns="${NS.notification}"/>`],
    [`<notification ${nc}/>`],
    [`<notification xmlns="${NS.netmod}"/>`],
    [`<RPC ${nc}/>`],
    ["<Envelope xmlns='http://www.w3.org/2003/05/soap-envelope'/>"],
  ])("%s is other", (xml) => {
    expect(readMessage(parse(xml)).kind).toBe("other");
  });
});

describe("builders", () => {
  test("hello", () => {
    const message = read("hello", hello(["urn:a?x=1&y=<2>"], 7));
    expect([message.capabilities, message.sessionId]).toEqual([["urn:a?x=1&y=<2>"], "7"]);
    expect("sessionId" in read("hello", hello([]))).toBe(false);
  });

  test("rpc keeps the message-id through normalisation", () => {
    const id = " a\t\n\r\"'<>&é\u{1F600} ";
    expect(read("rpc", rpc(id, get())).messageId).toBe(id);
    expect("messageId" in read("rpc", rpc(null, get()))).toBe(false);
    const { root } = read("rpc", rpc("1", closeSession(), ' xmlns:ex="urn:ex" ex:user="fred"'));
    expect([attribute(root, "urn:ex", "user"), inScope(root)["ex"]]).toEqual(["fred", "urn:ex"]);
  });

  test("create-subscription in the order of the schema", () => {
    const message = read(
      "rpc",
      rpc(
        "1",
        createSubscription({ stopTime: "b", startTime: "a", filter: subtreeFilter("<x xmlns=''/>"), stream: "S&T" }),
      ),
    );
    const children = childrenOf(message.operation as XmlElement);
    expect(children.map(({ ns, local }) => [ns, local])).toEqual(
      ["stream", "filter", "startTime", "stopTime"].map((local) => [NS.notification, local]),
    );
    expect(children.map(textOf)).toEqual(["S&T", "", "a", "b"]);
    expect(childrenOf(children[1] as XmlElement)[0]).toMatchObject({ ns: "", local: "x" });
    expect(createSubscription()).toBe(`<create-subscription xmlns="${NS.notification}"></create-subscription>`);
  });

  test("filters are in the namespace of the operation; their attributes in none", () => {
    const filter = child(parse(get(xpathFilter('/p:a[b < "\'&"]', { p: "u&v" }))), NS.base, "filter") as XmlElement;
    expect([attribute(filter, "", "type"), attribute(filter, "", "select")]).toEqual(["xpath", '/p:a[b < "\'&"]']);
    expect(inScope(filter)["p"]).toBe("u&v");
    expect(sameXml(parse(get()), parse(`<get ${nc}/>`))).toBe(true);
  });

  test("close-session and kill-session", () => {
    expect(sameXml(parse(closeSession()), parse(`<close-session ${nc}/>`))).toBe(true);
    expect(sameXml(parse(killSession(4)), parse(`<kill-session ${nc}><session-id>4</session-id></kill-session>`))).toBe(
      true,
    );
  });
});
