/** The reference without capabilities and with other settings, for the rules that bind only servers of that kind. */
import { expect, test } from "vitest";
import { referenceTarget } from "../target/file.ts";
import type { BuiltIn, Claims } from "../target/types.ts";
import { run } from "./index.ts";

test.each<[BuiltIn["without"][number], readonly string[]]>([
  ["xpath", ["NC-XPATH-003", "NTF-FLT-012"]],
  ["interleave", ["NTF-ILV-002", "NTF-ILV-003", "NTF-SUB-014", "NTF-STOP-004"]],
  ["notification", ["NTF-CAP-002"]],
  ["candidate", ["NC-OP-003"]],
])("without %s it keeps %j", { timeout: 30_000 }, async (feature, requirements) => {
  const target = { ...referenceTarget(), reach: { builtIn: { without: [feature] } } };
  const results = await run({ target, requirements });
  const other = results.cases.filter(({ verdict }) => verdict !== "pass" && verdict !== "n/a");
  expect(other.map(({ id, reason, findings }) => ({ id, reason, findings }))).toEqual([]);
  const kept = results.requirements.flatMap(({ id, verdict }) => (verdict === "pass" ? [id] : []));
  expect(requirements.filter((id) => !kept.includes(id))).toEqual([]);
});

test.each<[string, Partial<Claims>, readonly string[]]>([
  ["in profile 02", { profile: "02" }, ["IID-USR-002", "WS-SEC-011", "IID-SEC-001", "SEC-007", "SEC-009", "SEC-010"]],
  ["with users of HTTP authentication", { settings: { username: "http" } }, ["SEC-007", "SEC-009", "SEC-012"]],
])("%s it keeps %j", { timeout: 60_000 }, async (_, claims, requirements) => {
  const plain = referenceTarget();
  const settings = { ...plain.claims.settings, ...claims.settings };
  const target = { ...plain, claims: { ...plain.claims, ...claims, settings } };
  const results = await run({ target, requirements, suites: ["security"], dialects: ["rfc6455"] });
  const other = results.cases.filter(({ verdict }) => verdict !== "pass" && verdict !== "n/a");
  expect(other.map(({ id, reason, findings }) => ({ id, reason, findings }))).toEqual([]);
  const kept = results.requirements.flatMap(({ id, verdict }) => (verdict === "pass" ? [id] : []));
  expect(requirements.filter((id) => !kept.includes(id))).toEqual([]);
});
