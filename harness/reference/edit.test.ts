import { describe, expect, test } from "vitest";
import { createEngine } from "./engine.ts";
import { CONFIG, NC } from "./names.ts";
import { hello, join, type Peer, subscribe } from "./testing/peer.ts";

const edit = (content: string, before = "", after = ""): string =>
  `<edit-config><target><running/></target>${before}${after}` +
  `<config><reference xmlns="${CONFIG}" xmlns:nc="${NC}">${content}</reference></config></edit-config>`;
const read = (peer: Peer): string => {
  const reply = peer.ask("<get-config><source><running/></source></get-config>");
  return /<reference [^>]*>(.*)<\/reference>/s.exec(reply)?.[1] ?? "";
};
const tagOf = (message: string): string | undefined => /<error-tag>([^<]*)/.exec(message)?.[1];
const entry = (name: string, more = "", op = ""): string =>
  `<entry${op && ` nc:operation="${op}"`}><name>${name}</name>${more}</entry>`;
const NONE = "<default-operation>none</default-operation>";

describe("edit-config", () => {
  test("create, delete, remove, and their errors", () => {
    const peer = join(createEngine());
    const turns: readonly [string, string | undefined][] = [
      ["create", undefined],
      ["create", "data-exists"],
      ["delete", undefined],
      ["delete", "data-missing"],
      ["remove", undefined],
      ["merge", undefined],
      ["remove", undefined],
    ];
    for (const [operation, tag] of turns) {
      const reply = peer.ask(edit(entry("x", "", operation)));
      expect(tagOf(reply)).toBe(tag);
      if (tag === undefined) continue;
      expect(reply).toContain(`<rpc-error xmlns:cfg="${CONFIG}"><error-type>application</error-type>`);
      expect(reply).toContain("<error-path>/cfg:reference/cfg:entry[cfg:name='x']</error-path>");
    }
  });

  test.each([
    ["é漢😀", "é漢😀"],
    ["&lt;a&gt; &amp; &quot;]]&gt;", '&lt;a&gt; &amp; "]]&gt;'],
    [" white\n space ", " white\n space "],
    ["&#13;", "&#13;"],
    ["<![CDATA[<x>]]>", "&lt;x&gt;"],
    ["a<!-- no -->b", "ab"],
  ])("the text %s is kept", (written, stored) => {
    const peer = join(createEngine());
    expect(peer.ask(edit(entry("x", `<value>${written}</value>`)))).toContain("<ok/>");
    expect(read(peer)).toContain(`<value>${stored}</value>`);
  });

  test("merge keeps, replace replaces, leaf-lists are sets", () => {
    const peer = join(createEngine());
    peer.ask(edit(entry("x", "<value>1</value><tag>a</tag><tag>b</tag>")));
    peer.ask(edit(entry("x", "<enabled> true </enabled><tag>b</tag><tag>c</tag>")));
    expect(read(peer)).toContain("<value>1</value><tag>a</tag><tag>b</tag><enabled>true</enabled><tag>c</tag></entry>");
    peer.ask(edit(entry("x", "<value>2</value>", "replace")));
    expect(read(peer)).toContain("<name>x</name><value>2</value></entry>");
  });

  test("a node inherits its parent's operation, then the default (erratum 4066)", () => {
    const peer = join(createEngine());
    peer.ask(edit(entry("a") + entry("b", "<value>1</value>")));
    expect(peer.ask(edit(entry("a", "", "delete") + entry("b"), NONE))).toContain("<ok/>");
    expect(read(peer)).toContain("<name>b</name><value>1</value>");
    expect(read(peer)).not.toContain("<name>a</name>");
    expect(tagOf(peer.ask(edit(entry("c"), NONE)))).toBe("data-missing");
    expect(tagOf(peer.ask(edit(entry("b", "<value>2</value>"), NONE)))).toBe(undefined);
    expect(read(peer)).toContain("<value>1</value>");
    expect(tagOf(peer.ask(edit(entry("b", "<value>2</value>", "merge"), NONE)))).toBe(undefined);
    expect(read(peer)).toContain("<value>2</value>");
    expect(peer.ask(edit(entry("z", "<value>9</value>"), "<default-operation>replace</default-operation>"))).toContain(
      "<ok/>",
    );
    expect(read(peer)).toBe("<entry><name>z</name><value>9</value></entry>");
  });

  test.each([
    ["an unknown element", edit("<nothing/>"), "unknown-element"],
    ["a name of Object.prototype", edit("<constructor/>"), "unknown-element"],
    ["an unknown namespace", edit('<entry xmlns="urn:x"/>'), "unknown-namespace"],
    ["no key", edit("<entry><value>1</value></entry>"), "missing-element"],
    ["a wrong value", edit(entry("x", "<enabled>yes</enabled>")), "invalid-value"],
    ["a number too large", edit("<settings><level>256</level></settings>"), "invalid-value"],
    ["an element inside a leaf", edit(entry("x", "<value><b/></value>")), "unknown-element"],
    ["an unknown operation", edit(entry("x", "", "frob")), "bad-attribute"],
    ["an unqualified operation", edit('<entry operation="delete"><name>first</name></entry>'), "unknown-attribute"],
    ["test-option without :validate", edit("", "<test-option>set</test-option>"), "unknown-element"],
    ["a wrong default", edit("", "<default-operation>create</default-operation>"), "invalid-value"],
  ])("%s is refused and changes nothing", (_name, operation, tag) => {
    const peer = join(createEngine());
    const before = read(peer);
    expect(tagOf(peer.ask(operation))).toBe(tag);
    expect(read(peer)).toBe(before);
  });

  test("a container exists with its parent, a list entry does not", () => {
    const peer = join(createEngine());
    const note = '<detail><note nc:operation="create">n</note></detail>';
    expect(peer.ask(edit(entry("first", note), NONE))).toContain("<ok/>");
    expect(read(peer)).toContain("<detail><note>n</note></detail>");
    expect(peer.ask(edit(entry("first", "<detail/>", "replace") + entry("first", "<detail/>"), NONE))).toContain(
      "<ok/>",
    );
    expect(tagOf(peer.ask(edit(entry("none", note), NONE)))).toBe("data-missing");
    expect(tagOf(peer.ask(edit(entry("first", '<detail nc:operation="delete"/>'))))).toBe(undefined);
    expect(peer.ask(edit(entry("first", "<detail/>"), NONE))).toContain("<ok/>");
    expect(read(peer)).not.toContain("detail");
  });

  test("base:1.0 has no remove", () => {
    const peer = join(createEngine(), hello("urn:ietf:params:netconf:base:1.0"));
    expect(tagOf(peer.ask(edit(entry("x", "", "remove"))))).toBe("bad-attribute");
  });

  test("an edit is atomic, unless errors shall be passed over", () => {
    const peer = join(createEngine());
    const half = entry("good") + entry("first", "", "create") + entry("fine");
    expect(tagOf(peer.ask(edit(half)))).toBe("data-exists");
    expect(read(peer)).not.toContain("good");
    expect(tagOf(peer.ask(edit(half, "<error-option>rollback-on-error</error-option>")))).toBe("data-exists");
    expect(read(peer)).not.toContain("good");
    expect(tagOf(peer.ask(edit(half, "<error-option>continue-on-error</error-option>")))).toBe("data-exists");
    expect(read(peer)).toMatch(/good.*fine/);
  });

  test("a mebibyte of blanks inside a text costs no more than its length", () => {
    const peer = join(createEngine());
    const text = `a${" ".repeat(2 ** 20)}b`;
    expect(peer.ask(edit(entry(text)))).toContain("<ok/>");
    expect(
      peer.ask(
        `<get><filter><reference xmlns="${CONFIG}"><entry><name>${text}</name></entry></reference></filter></get>`,
      ),
    ).toContain(text);
  });

  test("thousands of entries are edited at once", () => {
    const peer = join(createEngine());
    const many = Array.from({ length: 2000 }, (_none, n) => entry(`n${n}`, `<value>${n}</value>`)).join("");
    expect(peer.ask(edit(many))).toContain("<ok/>");
    expect(peer.ask(edit(many))).toContain("<ok/>");
    expect(read(peer)).toContain("<name>n1999</name>");
  });
});

describe("netconf-config-change", () => {
  test("tells who changed what, and only what changed", () => {
    const engine = createEngine();
    const [observer, peer] = [join(engine), join(engine)];
    observer.ask(subscribe());
    const last = (): string => observer.got.at(-1) ?? "";
    peer.ask(edit(entry("it's", "<value>1</value>", "create")));
    expect(last()).toContain(`<changed-by><username>tester</username><session-id>${peer.id}</session-id>`);
    expect(last()).toContain("</changed-by><datastore>running</datastore><edit>");
    expect(last()).toContain(
      `<target xmlns:cfg="${CONFIG}">/cfg:reference/cfg:entry[cfg:name="it's"]</target><operation>create</operation></edit></netconf`,
    );
    peer.ask(edit(entry("it's", "<value>2</value>")));
    expect(last()).toContain("/cfg:value</target><operation>merge</operation>");
    const count = observer.got.length;
    peer.ask(edit(entry("it's", "<value>2</value>")));
    peer.ask(edit(entry("it's", "", "create")));
    peer.ask(edit(entry("none", "", "remove")));
    expect(observer.got).toHaveLength(count);
    peer.ask(edit(entry("it's", "", "delete")));
    expect(last()).toContain("<operation>delete</operation>");
  });
});
