import { describe, expect, test } from "vitest";
import {
  CAPABILITY,
  capabilityParameters,
  capabilityTokens,
  hasCapability,
  highestCommonBase,
  isAbsoluteUri,
  sameCapability,
} from "./capability.ts";

const base10 = "urn:ietf:params:netconf:base:1.0";
const base11 = "urn:ietf:params:netconf:base:1.1";

test("URIs compare trimmed and without parameters, case and all else counting", () => {
  expect(sameCapability(`\n ${base11} `, `${base11}?x=1`)).toBe(true);
  expect(sameCapability(base10, base11)).toBe(false);
  expect(sameCapability(base10, base10.toUpperCase())).toBe(false);
  expect(hasCapability([`${CAPABILITY.url}?scheme=ftp`], CAPABILITY.url)).toBe(true);
  // The faulty sample of RFC 5277 §3.1.2: the namespace is no capability.
  expect(hasCapability(["urn:ietf:params:xml:ns:netconf:base:1.0"], base10)).toBe(false);
});

test("parameters", () => {
  expect([...capabilityParameters(`urn:x?module=a&revision=2020-01-01&features=b,c&d&module=e&f=%41%zz`)]).toEqual([
    ["module", "a"],
    ["revision", "2020-01-01"],
    ["features", "b,c"],
    ["d", ""],
    ["f", "%41%zz"],
  ]);
  expect([...capabilityParameters("urn:x?a=%41%3D")]).toEqual([["a", "A="]]);
  expect(capabilityParameters("urn:x").size).toBe(0);
});

test.each([
  [[base10, base11], [base10, base11], "1.1"],
  [[base10, base11], [`${base10}?y`], "1.0"],
  [[base11], [base10], undefined],
  [[], [base10], undefined],
  [[base10, `${base11}?x=1`], [` ${base11}\n`], "1.1"],
] as const)("of %j and %j the highest common base is %s", (ours, theirs, version) => {
  expect(highestCommonBase(ours, theirs)).toBe(version);
});

describe("capabilityTokens", () => {
  test("a full server", () => {
    const theirs = [
      base10,
      base11,
      CAPABILITY.notification,
      CAPABILITY.xpath,
      `${CAPABILITY.confirmedCommit11} `,
      `${CAPABILITY.url}?scheme=file`,
      "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications?module=ietf-netconf-notifications&revision=2012-02-06",
      "http://example.com/vendor",
    ];
    expect([...capabilityTokens(theirs)].sort()).toEqual(
      [
        ":base:1.1",
        ":notification",
        ":notification:1.0",
        ":xpath",
        ":xpath:1.0",
        ":confirmed-commit",
        ":confirmed-commit:1.1",
        ":url",
        ":url:1.0",
        "mod:ietf-netconf-notifications",
        "no-:interleave",
      ].sort(),
    );
  });

  test("the base version is the one in use", () => {
    expect(capabilityTokens([base10, base11], [base10])).toContain(":base:1.0");
    expect(capabilityTokens([base10])).toContain(":base:1.0");
    expect([...capabilityTokens([])].sort()).toEqual(["no-:interleave", "no-:notification", "no-:xpath"]);
  });

  test("a module of the notification namespaces does not advertise :notification", () => {
    const tokens = capabilityTokens(["urn:ietf:params:xml:ns:netmod:notification?module=nc-notifications"]);
    expect(tokens).toContain("no-:notification");
    expect(tokens).toContain("mod:nc-notifications");
  });
});

test.each([
  [base10, true],
  [" http://example.com/a?b=c#d", false],
  ["http://example.com/a?b=c", true],
  ["urn:x:%41", true],
  [":notification", false],
  ["notification:1.0", true],
  ["notification", false],
  ["urn:x y", false],
  ["urn:", false],
  ["urn:%4", false],
  ["1urn:x", false],
  ["", false],
])("%j is an absolute URI: %s", (text, expected) => {
  expect(isAbsoluteUri(text)).toBe(expected);
});
