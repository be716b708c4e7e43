import { expect, test } from "vitest";
import type { Results } from "../harness/run/results.ts";
import { MergeError, merge } from "./merge.ts";
import sample from "./samples/run.json" with { type: "json" };

const results = sample as unknown as Results;

function shard(from: number, to: number, over: Partial<Results> = {}): Results {
  const cases = results.cases.slice(from, to);
  const ids = new Set(cases.map(({ id }) => id));
  const requirements = results.requirements
    .map((one) => ({ ...one, cases: one.cases.filter((id) => ids.has(id)) }))
    .filter((one) => one.cases.length > 0);
  return { ...results, cases, planned: cases.length, requirements, ...over };
}

const part = (name: string, of: Results, transcripts = "") => ({ name, results: of, transcripts });

test("shards make the whole", () => {
  const whole = merge([part("a", shard(0, 5)), part("b", shard(5, 11, { startedAt: "2026-01-01T00:00:02.000Z" }))]);
  expect(whole).toMatchObject({
    complete: true,
    planned: 11,
    summary: results.summary,
    durationMs: 6210,
    cases: results.cases,
  });
  expect(whole.requirements.find(({ id }) => id === "WS-FRM-012")?.cases).toHaveLength(2);
});

test("a requirement that fails in one shard fails", () => {
  const passes = shard(4, 5, {
    requirements: shard(4, 5).requirements.map((one) => ({ ...one, verdict: "pass" as const })),
  });
  const whole = merge([part("a", passes), part("b", shard(3, 4))]);
  expect(whole.requirements).toMatchObject([{ id: "WS-FRM-012", verdict: "fail" }]);
  expect(whole.requirements[0]?.cases).toHaveLength(2);
});

test("a shard that was cut short leaves the whole incomplete", () => {
  const whole = merge([
    part("a", shard(0, 5)),
    part("b", shard(5, 9, { planned: 6, complete: false, reason: "interrupted" })),
  ]);
  expect(whole).toMatchObject({ complete: false, reason: "b: interrupted", planned: 11 });
});

test("transcript paths are led from the merged file", () => {
  const whole = merge([part("a", shard(0, 1), "one/"), part("b", shard(1, 2), "two/")]);
  expect(whole.cases.map(({ transcript }) => transcript)).toEqual([
    "one/transcripts/handshake_plain@rfc6455.jsonl",
    "two/transcripts/handshake_plain@hybi-06.jsonl",
  ]);
});

test("refuses what are no shards of one run", () => {
  const other = shard(5, 11);
  const a = part("a.json", shard(0, 5));
  expect(() => merge([])).toThrow(MergeError);
  expect(() => merge([a, part("b.json", shard(4, 11))])).toThrow(/case .* is in a\.json and in b\.json/);
  expect(() => merge([a, part("b.json", { ...other, seed: 8 })])).toThrow("a.json and b.json differ in seed: 7 and 8");
  expect(() => merge([a, part("b.json", { ...other, target: { ...other.target, name: "x" } })])).toThrow(
    /differ in target/,
  );
});
