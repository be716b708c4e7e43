/** The reference without capabilities, for the rules that bind only servers without them. */
import { expect, test } from "vitest";
import { referenceTarget } from "../target/file.ts";
import type { BuiltIn } from "../target/types.ts";
import { run } from "./index.ts";

test.each<[BuiltIn["without"][number], readonly string[]]>([
  ["xpath", ["NC-XPATH-003", "NTF-FLT-012"]],
  ["interleave", ["NTF-ILV-002", "NTF-ILV-003", "NTF-SUB-014", "NTF-STOP-004"]],
  ["notification", ["NTF-CAP-002"]],
])("without %s it keeps %j", { timeout: 30_000 }, async (feature, requirements) => {
  const target = { ...referenceTarget(), reach: { builtIn: { without: [feature] } } };
  const results = await run({ target, requirements });
  const other = results.cases.filter(({ verdict }) => verdict !== "pass" && verdict !== "n/a");
  expect(other.map(({ id, reason, findings }) => ({ id, reason, findings }))).toEqual([]);
  const kept = results.requirements.flatMap(({ id, verdict }) => (verdict === "pass" ? [id] : []));
  expect(requirements.filter((id) => !kept.includes(id))).toEqual([]);
});
