import { describe, expect, test } from "vitest";
import { readRpcError } from "./message.ts";
import { checkRpcError, ERROR_TAGS } from "./rpc-error.ts";
import { NS } from "./types.ts";
import { readXml } from "./xml.ts";

function check(inner: string, declarations = ""): string[] {
  const reading = readXml(`<rpc-error xmlns="${NS.base}" ${declarations}>${inner}</rpc-error>`);
  if (!reading.ok) throw new Error(reading.error.message);
  return checkRpcError(readRpcError(reading.root)).map(({ requirement }) => requirement);
}

const parts = (type: string, tag: string, severity = "error"): string =>
  `<error-type>${type}</error-type><error-tag>${tag}</error-tag><error-severity>${severity}</error-severity>`;
const info = (...names: readonly string[]): string =>
  `<error-info>${names.map((name) => `<${name}>${name === "session-id" ? "0" : "x"}</${name}>`).join("")}</error-info>`;

test("the table of Appendix A has its 20 tags", () => {
  expect(ERROR_TAGS.size).toBe(20);
});

describe.each([...ERROR_TAGS])("%s", (tag, rule) => {
  const obsolete = tag === "partial-operation" ? ["NC-ERR-006"] : [];

  test("with each type", () => {
    for (const type of ["transport", "rpc", "protocol", "application"] as const) {
      const expected = rule.types.includes(type) ? [] : ["NC-ERR-003"];
      expect(check(parts(type, tag) + info(...rule.info))).toEqual([...expected, ...obsolete]);
    }
  });

  test("without each part of its error-info", () => {
    const good = parts(rule.types[0] ?? "rpc", tag);
    for (const left of rule.info) {
      expect(check(good + info(...rule.info.filter((name) => name !== left)))).toEqual(["NC-ERR-002"]);
    }
    expect(check(good)).toEqual([...rule.info.map(() => "NC-ERR-002"), ...obsolete]);
  });
});

const good = parts("application", "operation-failed");
test.each([
  ["nothing at all", "", ["NC-ERR-001", "NC-ERR-001", "NC-ERR-001"]],
  ["no severity", "<error-type>rpc</error-type><error-tag>too-big</error-tag>", ["NC-ERR-001"]],
  ["white space around values", parts(" rpc\n", " too-big ", "\terror "), []],
  ["an unknown type", parts("server", "too-big"), ["NC-ERR-001"]],
  ["an unknown tag", parts("rpc", "MISSING_ATTRIBUTE"), ["NC-ERR-001"]],
  ["a warning", parts("rpc", "too-big", "warning"), ["NC-ERR-001"]],
  ["upper case", parts("RPC", "too-big"), ["NC-ERR-001"]],
  [
    "tag before type",
    "<error-tag>too-big</error-tag><error-type>rpc</error-type><error-severity>error</error-severity>",
    ["NC-ERR-001"],
  ],
  [
    "message before path",
    `${good}<error-message xml:lang="en">x</error-message><error-path>/</error-path>`,
    ["NC-ERR-001"],
  ],
  ["two types", `<error-type>application</error-type>${good}`, ["NC-ERR-001"]],
  ["a child that is none", `${good}<error-reason>x</error-reason>`, ["NC-ERR-001"]],
  ["a vendor's child", `${good}<reason xmlns="urn:vendor">x</reason>`, []],
  [
    "parts in no namespace",
    good.replaceAll("<error", "<error").replaceAll("<error-type>", "<error-type xmlns=''>"),
    ["NC-ERR-001"],
  ],
  [
    "vendor info beside",
    `${parts("protocol", "bad-element")}<error-info><v xmlns="u"/><bad-element>x</bad-element></error-info>`,
    [],
  ],
  [
    "info in another namespace",
    `${parts("protocol", "bad-element")}<error-info><bad-element xmlns="u">x</bad-element></error-info>`,
    ["NC-ERR-002"],
  ],
  ["empty info", `${parts("protocol", "bad-element")}<error-info><bad-element/></error-info>`, ["NC-ERR-002"]],
  ["text only", `${parts("protocol", "bad-element")}<error-info>bad-element</error-info>`, ["NC-ERR-002"]],
  [
    "a session-id that is none",
    `${parts("protocol", "lock-denied")}<error-info><session-id>x</session-id></error-info>`,
    ["NC-ERR-002"],
  ],
  ["a message with a language", `${good}<error-message xml:lang="en">x</error-message>`, []],
  ["a message without", `${good}<error-message>x</error-message>`, ["NC-ERR-004"]],
  ["a message with lang", `${good}<error-message lang="en">x</error-message>`, ["NC-ERR-004"]],
  ["an app-tag", `${good}<error-app-tag>x</error-app-tag>`, []],
])("%s", (_, inner, expected) => {
  expect(check(inner)).toEqual(expected);
});

describe("error-path", () => {
  const path = (text: string, declarations?: string) => check(`${good}<error-path>${text}</error-path>`, declarations);

  test.each([
    ["/"],
    ["/a/b[1]"],
    ["\n  /t:top/t:interface[t:name='Ethernet0/0']/t:mtu\n"],
    ["//t:*"],
    ["/rpc/get/filter/@type"],
    ["/*[local-name() = 'a']"],
  ])("%s", (text) => {
    expect(path(text, "xmlns:t='urn:t'")).toEqual([]);
  });

  test.each([["a/b"], ["../a"], ["/u:a"], ["/t:a["], ["/t:a/"], ["/t:a[x:b = 'y']"], [""], ["the leaf a"], ["/a b"]])(
    "%j is wrong",
    (text) => {
      expect(path(text, "xmlns:t='urn:t'")).toEqual(["NC-ERR-005"]);
    },
  );

  test("a prefix may be declared on error-path itself no more than elsewhere out of scope", () => {
    expect(check(`${good}<error-path xmlns:q="u">/q:a</error-path>`)).toEqual(["NC-ERR-005"]);
  });
});
