import { describe, expect, test } from "vitest";
import { createEngine } from "./engine.ts";
import { NC } from "./names.ts";
import { hello, join, joinSilently, rpc } from "./testing/peer.ts";

const engine = () => createEngine();
const tagOf = (message: string): string | undefined => /<error-tag>([^<]*)/.exec(message)?.[1];

describe("hello", () => {
  test("the server speaks first, with capabilities and session-id", () => {
    const peer = joinSilently(engine());
    expect(peer.got).toHaveLength(1);
    expect(peer.got[0]).toMatch(/^<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities>/);
    expect(peer.got[0]).toContain("<session-id>1</session-id></hello>");
    expect(peer.got[0]).toContain("<capability>urn:ietf:params:netconf:base:1.1</capability>");
  });

  test.each([
    ["parameters and white space", ["\n urn:ietf:params:netconf:base:1.1?x=y \n"]],
    ["base:1.0 only", ["urn:ietf:params:netconf:base:1.0"]],
    ["unknown capabilities", ["urn:ietf:params:netconf:base:1.1", "http://example.com/cap?rev=1", "urn:x".repeat(400)]],
  ])("accepts %s", (_name, capabilities) => {
    const peer = join(engine(), hello(...capabilities));
    expect(peer.ask("<get/>")).toContain("<data>");
  });

  test.each([
    ["no common version", hello("urn:ietf:params:netconf:base:9.9")],
    ["a namespace for a capability", hello("urn:ietf:params:xml:ns:netconf:base:1.0")],
    ["session-id", hello().replace("</hello>", "<session-id>1</session-id></hello>")],
    ["no capabilities", `<hello xmlns="${NC}"/>`],
    ["an rpc before hello", rpc("<get/>")],
    ["another namespace", hello().replace(NC, "urn:x")],
    ["no XML", "hello"],
  ])("ends the session on %s", (_name, message) => {
    const shared = engine();
    const observer = join(shared);
    observer.ask('<create-subscription xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"/>');
    const peer = joinSilently(shared);
    expect(peer.say(message)).toEqual([expect.stringMatching(/^close 1008 /)]);
    expect(peer.say(rpc("<get/>"))).toEqual([]);
    expect(observer.got.at(-1)).toContain("<termination-reason>bad-hello</termination-reason>");
  });

  test("a second hello ends the session", () => {
    expect(join(engine()).say(hello())).toEqual(["close 1008 second hello"]);
  });

  test("session-ids of open sessions differ", () => {
    const shared = engine();
    expect(new Set([1, 2, 3, 4, 5].map(() => join(shared).id)).size).toBe(5);
  });
});

describe("rpc and rpc-reply", () => {
  test.each(["007", "1e3", "a b", "../x", "", "&amp;&quot;é漢"])("message-id %s comes back", (id) => {
    expect(join(engine()).say(rpc("<get/>", id))[0]).toContain(` message-id="${id}"`);
  });

  test.each(["<nc:get/>", "<nc:bogus/>"])("attributes and declarations come back with %s", (operation) => {
    const request =
      `<nc:rpc xmlns:nc="${NC}" xmlns:ex="urn:e" xmlns:foo="urn:f" xmlns="urn:d" ` +
      `message-id="1" ex:user-id="fred" trace="]]>]]>">${operation}</nc:rpc>`;
    const [reply = ""] = join(engine()).say(request);
    const start = /^<nc:rpc-reply [\s\S]*?">/.exec(reply)?.[0] ?? "";
    for (const part of [
      `xmlns:nc="${NC}"`,
      'xmlns:foo="urn:f"',
      'xmlns="urn:d"',
      'ex:user-id="fred"',
      'message-id="1"',
    ]) {
      expect(start).toContain(part);
    }
    expect(start).toContain('trace="]]&gt;]]&gt;"');
    expect(reply).toMatch(/><(data|rpc-error) xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">/);
  });

  test("one message-id that is qualified is none", () => {
    const [reply] = join(engine()).say(`<nc:rpc xmlns:nc="${NC}" nc:message-id="1"><nc:get/></nc:rpc>`);
    expect(reply).toContain("<error-type>rpc</error-type><error-tag>missing-attribute</error-tag>");
    expect(reply).toContain("<bad-attribute>message-id</bad-attribute><bad-element>rpc</bad-element>");
  });

  test.each([
    ["an unknown operation", '<frobnicate xmlns="urn:example:none"/>', "operation-not-supported"],
    ["copy-config", "<copy-config/>", "operation-not-supported"],
    ["no operation", "", "operation-not-supported"],
    ["two operations", "<get/><get/>", "operation-not-supported"],
    ["an unknown parameter", "<get><nothing/></get>", "unknown-element"],
    ["a parameter twice", "<get><filter/><filter/></get>", "bad-element"],
    ["get-config without source", "<get-config/>", "missing-element"],
    ["get-config of startup", "<get-config><source><startup/></source></get-config>", "invalid-value"],
    ["edit-config without target", "<edit-config><config/></edit-config>", "missing-element"],
    ["edit-config without config", "<edit-config><target><running/></target></edit-config>", "missing-element"],
    ["lock of startup", "<lock><target><startup/></target></lock>", "invalid-value"],
    ["unlock without lock", "<unlock><target><running/></target></unlock>", "operation-failed"],
    ["kill of nobody", "<kill-session><session-id>4711</session-id></kill-session>", "invalid-value"],
    ["kill of zero", "<kill-session><session-id>0</session-id></kill-session>", "invalid-value"],
    ["kill without id", "<kill-session/>", "missing-element"],
    ["kill of oneself", "<kill-session><session-id>1</session-id></kill-session>", "invalid-value"],
    ["a filter of unknown type", '<get><filter type="bogus"/></get>', "bad-attribute"],
    ["xpath without select", '<get><filter type="xpath"/></get>', "missing-attribute"],
    ["xpath that is none", '<get><filter type="xpath" select="//["/></get>', "invalid-value"],
    ["xpath with an undeclared prefix", '<get><filter type="xpath" select="/x:y"/></get>', "invalid-value"],
    ["xpath with an unknown function", '<get><filter type="xpath" select="current()"/></get>', "invalid-value"],
    ["xpath that is no node set", '<get><filter type="xpath" select="count(/*)"/></get>', "invalid-value"],
    ["a filter of text", "<get><filter>text</filter></get>", "bad-element"],
  ])("%s is refused and the session goes on", (_name, operation, tag) => {
    const peer = join(engine());
    const reply = peer.ask(operation);
    expect(tagOf(reply)).toBe(tag);
    expect(reply).toMatch(/<error-type>\w+<\/error-type><error-tag>[\w-]+<\/error-tag><error-severity>error</);
    expect(reply).toContain('<error-message xml:lang="en">');
    expect(peer.ask("<get/>")).toContain("<data>");
  });

  test.each([
    ["ill-formed", "<rpc>"],
    ["no XML", "hello"],
    ["nothing", ""],
    ["two documents", rpc("<get/>") + rpc("<get/>")],
    ["the end-of-message marker", `${rpc("<get/>")}]]>]]>`],
    ["a chunk", `\n#4\n${rpc("<get/>")}\n##\n`],
    ["a document type declaration", `<!DOCTYPE rpc [<!ENTITY e "boom">]>${rpc("<get/>", "&e;")}`],
    ["another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?>${rpc("<get/>")}`],
    ["an undeclared prefix", "<nc:rpc/>"],
    ["too deep nesting", rpc("<a>".repeat(5000) + "</a>".repeat(5000))],
    [
      "a SOAP envelope",
      `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${rpc("<get/>")}</s:Body></s:Envelope>`,
    ],
    ["an rpc in no namespace", '<rpc message-id="1"><get/></rpc>'],
  ])("%s is malformed in base:1.1 and the end in base:1.0", (_name, message) => {
    const modern = join(engine());
    const [reply = ""] = modern.say(message);
    expect(reply).toContain("<error-type>rpc</error-type><error-tag>malformed-message</error-tag>");
    expect(reply).not.toContain("boom");
    expect(modern.ask("<get/>")).toContain("<data>");
    const old = join(engine(), hello("urn:ietf:params:netconf:base:1.0"));
    expect(old.say(message)).toEqual(["close 1008 malformed message"]);
  });

  test.each([
    ["a byte order mark", `\uFEFF${rpc("<get/>")}`],
    ["an XML declaration", `<?xml version="1.0" encoding="utf-8"?>\n${rpc("<get/>")}`],
    ["white space", `\n ${rpc("<get/>")}\n`],
    [
      "comments and processing instructions",
      rpc("<!-- ]]>]]&gt; <!DOCTYPE --><?p ]]>]]?> <get/> ").replace("]]>]]&gt;", "]]>]]>"),
    ],
    ["a comment before the root", `<!-- <!DOCTYPE x> -->${rpc("<get/>")}`],
  ])("%s is harmless", (_name, message) => {
    expect(join(engine()).say(message)).toEqual([expect.stringContaining("<data>")]);
  });

  test("a message of 2 MiB passes, one with endless markup is too big", () => {
    const peer = join(engine());
    expect(peer.say(rpc(`<get/><!--${"x".repeat(2 ** 21)}-->`))[0]).toContain("<data>");
    expect(tagOf(peer.say(rpc("<get/>".repeat(250_000)))[0] ?? "")).toBe("too-big");
  });
});

describe("sessions", () => {
  test("close-session is answered, then the session ends and hears nothing", () => {
    const peer = join(engine());
    expect(peer.say(rpc("<close-session/>"))).toEqual([expect.stringContaining("<ok/>"), "close 1000 "]);
    expect(peer.say(rpc("<get/>"))).toEqual([]);
  });

  const target = "<target><running/></target>";
  const endings: readonly [
    string,
    (engine: ReturnType<typeof createEngine>, holder: ReturnType<typeof join>) => void,
  ][] = [
    ["unlock", (_engine, holder) => void holder.ask(`<unlock>${target}</unlock>`)],
    ["close-session", (_engine, holder) => void holder.ask("<close-session/>")],
    [
      "kill-session",
      (shared, holder) => void join(shared).ask(`<kill-session><session-id>${holder.id}</session-id></kill-session>`),
    ],
    ["an orderly close", (_engine, holder) => holder.gone("closed")],
    ["a lost connection", (_engine, holder) => holder.gone("dropped")],
    ["a malformed hello", (_engine, holder) => void holder.say(hello())],
  ];
  test.each(endings)("a lock is freed by %s", (_name, end) => {
    const shared = engine();
    const [holder, other] = [join(shared), join(shared)];
    expect(holder.ask(`<lock>${target}</lock>`)).toContain("<ok/>");
    expect(holder.ask(`<lock>${target}</lock>`)).toContain("lock-denied");
    const denied = other.ask(`<lock>${target}</lock>`);
    expect(denied).toContain("<error-type>protocol</error-type><error-tag>lock-denied</error-tag>");
    expect(denied).toContain(`<error-info><session-id>${holder.id}</session-id></error-info>`);
    expect(other.ask(`<unlock>${target}</unlock>`)).toContain("operation-failed");
    expect(tagOf(other.ask(`<edit-config>${target}<config/></edit-config>`))).toBe("in-use");
    end(shared, holder);
    expect(other.ask(`<lock>${target}</lock>`)).toContain("<ok/>");
  });

  test("a killed session hears a close and no more", () => {
    const shared = engine();
    const [victim, killer] = [join(shared), join(shared)];
    expect(killer.ask(`<kill-session><session-id> ${victim.id}\n</session-id></kill-session>`)).toContain("<ok/>");
    expect(victim.got.at(-1)).toBe(`close 1001 killed by session ${killer.id}`);
    expect(victim.say(rpc("<get/>"))).toEqual([]);
  });

  test("a restart ends every session", () => {
    const shared = engine();
    const peers = [join(shared), joinSilently(shared)];
    shared.restart();
    for (const peer of peers) expect(peer.got.at(-1)).toBe("close 1001 restart");
    expect(join(shared).ask("<get/>")).toContain("<data>");
  });
});
