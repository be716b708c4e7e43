import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadTargetFile } from "./file.ts";
import { packageFolder } from "./package-folder.ts";
import { isProfile, profileOf, settingOf, withSettings } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "ncwspec-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

function claimsOf(claims: string) {
  const path = join(folder, "target.yaml");
  writeFileSync(path, `name: acme\nreach: { url: "ws://127.0.0.1:8080/netconf" }\nclaims: ${claims}`);
  return loadTargetFile(path).claims;
}

function faultOf(claims: string): string {
  try {
    claimsOf(claims);
  } catch (error) {
    return (error as Error).message.replace(folder, "");
  }
  return "";
}

describe("where a target file says nothing", () => {
  const claims = claimsOf("{}");

  test.each([
    ["missing-subprotocol", "refuse"],
    ["any-resource", false],
    ["no-kill-session", false],
    ["username", "certificate"],
    ["close-codes", [1000, "none"]],
    ["unknown-stream-tags", ["invalid-value", "bad-element", "data-missing", "operation-failed"]],
    ["foreign-origin", undefined],
    ["idle", undefined],
  ])("%s is %j", (name, expected) => {
    expect(settingOf(claims, name)).toEqual(expected);
  });

  test("the profile is the last revision", () => {
    expect(profileOf(claims)).toBe("04");
  });

  test("the JSON Schema says the same", () => {
    const path = join(packageFolder(), "fixtures", "schemas", "target.schema.json");
    const { claims: schema } = JSON.parse(readFileSync(path, "utf8")).properties;
    expect(schema.properties.profile.default).toBe(profileOf(claims));
    for (const [name, property] of Object.entries<{ default?: unknown }>(schema.properties.settings.properties))
      if (property.default !== undefined) expect([name, settingOf(claims, name)]).toEqual([name, property.default]);
  });
});

test.each([
  ["00", "none"],
  ["01", "none"],
  ["02", "cookie"],
  ["03", "certificate"],
])("in profile %s the user comes from %s", (profile, expected) => {
  expect(settingOf(claimsOf(`{ profile: "${profile}" }`), "username")).toBe(expected);
});

test("what a target file says comes first", () => {
  const claims = claimsOf('{ profile: "02", settings: { username: http, close-codes: [1001], idle: 1min } }');
  expect(settingOf(claims, "username")).toBe("http");
  expect(settingOf(claims, "close-codes")).toEqual([1001]);
  expect(settingOf(claims, "idle")).toBe(60_000);
});

test("a range of profiles holds both its ends", () => {
  const claims = claimsOf('{ profile: "02" }');
  const ranges = ["any", "02", "01..02", "02..04", "00", "03..04"];
  expect(ranges.filter((range) => isProfile(claims, range))).toEqual(["any", "02", "01..02", "02..04"]);
});

test("a text that names a setting becomes it, whatever its type", () => {
  const claims = claimsOf("{}");
  const checks = [{ error: { tag: "${setting:close-codes}", to: "a ${setting:close-codes}", not: null, at: 1 } }];
  expect(withSettings(checks, claims)).toEqual([
    { error: { tag: [1000, "none"], to: "a ${setting:close-codes}", not: null, at: 1 } },
  ]);
});

test.each([
  ['{ profile: "05" }', /profile: "05" is not known here; write one of 00, 01, 02, 03, 04/],
  ["{ profile: 04 }", /profile: 4 is not known here; write one of 00/],
  ["{ settings: { any-ressource: true } }", /the key "any-ressource" is not known here; did you mean "any-resource"\?/],
  ["{ settings: { missing-subprotocol: maybe } }", /"maybe" is not known here; write one of refuse, accept/],
  ["{ settings: { idle: 60 } }", /60 is not a text/],
  ["{ settings: { idle: long } }", /"long" is no duration/],
  ["{ settings: { close-codes: [999] } }", /999/],
  ["{ settings: { bad-filter-tags: [] } }", /bad-filter-tags/],
  ["{ settings: { policies: some } }", /"some" is not known here; write one of all/],
  ["{ settings: { hooks: [explode] } }", /"explode" is not known here/],
  ["{ settings: { edit: { node: <x/> } } }", /the key "filter" is missing/],
])("%s is refused", (claims, message) => {
  expect(faultOf(claims)).toMatch(message);
});
