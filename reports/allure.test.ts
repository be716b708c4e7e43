import { expect, test } from "vitest";
import type { Results } from "../harness/run/results.ts";
import { allure } from "./allure.ts";
import sample from "./samples/run.json" with { type: "json" };

const results = sample as unknown as Results;
// biome-ignore lint/suspicious/noExplicitAny: parsed JSON of another project's format
type Parsed = any;

function parsed(strict: boolean, over: Partial<Results> = {}): Map<string, Parsed> {
  const files = allure({ ...results, ...over }, { strict }).filter(({ name }) => name.endsWith("-result.json"));
  const texts = files.map(({ content }) => ("text" in content ? JSON.parse(content.text) : undefined));
  return new Map(texts.map((test) => [test.fullName, test]));
}

test("a result for each case, with the status that its verdict has", () => {
  const plain = parsed(false);
  const status = (id: string, of = plain) => of.get(id).status;
  expect(plain.size).toBe(results.cases.length);
  expect(status("handshake/plain@rfc6455")).toBe("passed");
  expect(status("closing/code-echo@rfc6455")).toBe("passed");
  expect(status("framing/rfc6455/control-length[ping-126]@rfc6455")).toBe("failed");
  expect(status("subscription/stop-time[past]@rfc6455")).toBe("broken");
  expect(status("handshake/plain@hybi-00")).toBe("skipped");
  expect(status("replay/complete-once@hybi-06")).toBe("skipped");
  expect(status("replay/complete-once@hybi-06", parsed(true))).toBe("failed");
  expect(plain.get("replay/complete-once@rfc6455")).toMatchObject({
    status: "skipped",
    statusDetails: { known: true },
    links: [{ type: "issue", url: "https://bugs.example/12" }],
  });
});

test("findings are steps, and the transcript is attached", () => {
  const test = parsed(false).get("framing/rfc6455/control-length[ping-126]@rfc6455");
  expect(test.steps).toHaveLength(1);
  expect(test.steps[0]).toMatchObject({
    status: "failed",
    name: expect.stringContaining("WS-FRM-012 MUST RFC 6455 §5.5"),
  });
  expect(test.attachments).toEqual([
    { name: "transcript", type: "application/jsonl", source: `${test.uuid}-attachment.jsonl` },
  ]);
  const copied = allure(results, { strict: false }).find(({ name }) => name === test.attachments[0].source);
  expect(copied?.content).toEqual({ transcript: "transcripts/framing_rfc6455_control-length[ping-126]@rfc6455.jsonl" });
});

test("history is kept by case id: the same in another run, another in another case", () => {
  const [a, b] = [parsed(false), parsed(false, { startedAt: "2026-02-02T00:00:00.000Z", seed: 8 })];
  const id = "handshake/plain@rfc6455";
  expect(a.get(id).historyId).toBe(b.get(id).historyId);
  expect(a.get(id).uuid).not.toBe(b.get(id).uuid);
  expect(new Set([...a.values()].map(({ historyId }) => historyId)).size).toBe(a.size);
  expect(a.get(id).uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
});
