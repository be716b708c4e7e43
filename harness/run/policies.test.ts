import { describe, expect, test } from "vitest";
import { loadCatalogue } from "../judge/catalogue.ts";
import { targetFromUrl } from "../target/file.ts";
import { UsageError } from "./errors.ts";
import { requirementsFolder } from "./package-root.ts";
import { checkPolicies, policiesOf, withPolicies } from "./policies.ts";

const catalogue = loadCatalogue(requirementsFolder());
const target = targetFromUrl("ws://127.0.0.1:1/netconf");
const asking = (...ids: readonly string[]) => withPolicies(target, ids);

test("a target that asks for nothing is held to no policy", () => {
  expect(policiesOf(target, catalogue).size).toBe(0);
});

test("all of them are those of the catalogue", () => {
  const all = policiesOf(asking("all"), catalogue);
  expect([...all].every((id) => catalogue.get(id)?.basis === "policy")).toBe(true);
  expect(all.has("IID-HS-003")).toBe(true);
  expect(() => checkPolicies(asking("all"), catalogue)).not.toThrow();
});

test("the command line adds to the file", () => {
  const file = asking("IID-HS-003");
  expect([...policiesOf(withPolicies(file, ["IID-HS-005", "IID-HS-003"]), catalogue)]).toEqual([
    "IID-HS-003",
    "IID-HS-005",
  ]);
  expect(policiesOf(withPolicies(asking("all"), ["IID-HS-003"]), catalogue).size).toBeGreaterThan(1);
  expect(file.claims.settings["policies"]).toEqual(["IID-HS-003"]);
});

describe("what is no policy is refused", () => {
  test.each([
    ["IID-HS-999", "policies: requirement IID-HS-999 is not in the catalogue"],
    ["NTF-RPL-002", "policies: NTF-RPL-002 is normative, and binds without being asked"],
  ])("%s", (id, message) => {
    expect(() => checkPolicies(asking(id), catalogue)).toThrow(new UsageError(message));
  });
});
