import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findTarget } from "../target/file.ts";
import { UsageError } from "./errors.ts";
import { run } from "./index.ts";
import { judgeRecordings } from "./recordings.ts";
import type { Results } from "./results.ts";

const out = mkdtempSync(path.join(tmpdir(), "ncwspec-recordings-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

let live: Results;
beforeAll(async () => {
  const cases = ["handshake/plain", "framing/size", "rpc/serial", "replay/complete-once", "subscription/event"];
  live = await run({ target: findTarget("reference"), cases, out });
}, 60_000);

const recorded = () =>
  readdirSync(path.join(out, "transcripts")).map((name) => ({
    file: name,
    text: readFileSync(path.join(out, "transcripts", name), "utf8"),
  }));

test("a recording gets the verdict and the findings of the live run", () => {
  // Of the controls, which ran too, there are recordings without results.
  const ids = new Set(live.cases.map((one) => one.id));
  const isOfTheRun = ({ text }: { text: string }) => ids.has(JSON.parse(text.split("\n")[0] ?? "").case);
  const again = judgeRecordings(
    recorded()
      .filter(isOfTheRun)
      .map(({ file, text }) => ({ file, content: Buffer.from(text) })),
  ).results;
  const essence = ({ cases }: Results) =>
    cases
      .map(({ id, verdict, findings, title, suite, dialect }) => ({ id, verdict, findings, title, suite, dialect }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(essence(again)).toEqual(essence(live));
  expect(again.summary).toEqual(live.summary);
  expect(again.target).toMatchObject({ role: "server", reach: "recording" });
});

test("a recording whose server was changed gets the finding", () => {
  const [handshake] = recorded().filter(({ file }) => file.startsWith("handshake_plain@rfc6455"));
  const lines = (handshake?.text ?? "").split("\n").map((line) => {
    if (!line.includes('"bytes"') || !line.includes('"from":"server"')) return line;
    const entry = JSON.parse(line) as { data: string };
    const text = Buffer.from(entry.data, "base64")
      .toString("latin1")
      .replace(/Accept: ./, "Accept: =");
    return JSON.stringify({ ...entry, data: Buffer.from(text, "latin1").toString("base64") });
  });
  const { cases } = judgeRecordings([{ file: "changed.jsonl", content: Buffer.from(lines.join("\n")) }]).results;
  expect(cases[0]).toMatchObject({ verdict: "fail", transcript: "changed.jsonl" });
});

describe("what is no recording is told in one line", () => {
  const header = { schema: "ncwspec-transcript/1", case: "a/b@rfc6455", dialect: "rfc6455", role: "server" };
  const line = (more: object) => `${JSON.stringify({ ...header, ...more })}\n`;
  test.each([
    ["something else", "<html>\n", "x.jsonl: line 1: not JSON"],
    [
      "another schema",
      '{"schema":"y"}\n',
      'x.jsonl: line 1: not a transcript (schema "ncwspec-transcript/1" expected)',
    ],
    ["checks that are no list", line({ judge: {} }), "x.jsonl: line 1: judge and policies must be lists"],
    ["a check that is not there", line({ judge: [{ nonsense: {} }] }), 'x.jsonl: there is no check "nonsense"'],
    [
      "a requirement that is not there",
      line({ judge: [{ upgraded: { on: "a", requirement: "X-1" } }] }),
      'x.jsonl: check "upgraded" names requirement X-1, which the catalogue does not have',
    ],
  ])("%s", (_what, text, message) => {
    const judging = () => judgeRecordings([{ file: "x.jsonl", content: Buffer.from(text) }]);
    expect(judging).toThrow(UsageError);
    expect(judging).toThrow(message);
  });
});

test("a recording without checks is judged by what holds for all", () => {
  const [one] = recorded();
  const [first = "", ...rest] = (one?.text ?? "").split("\n");
  const { judge: _checks, ...bare } = JSON.parse(first) as Record<string, unknown>;
  const content = Buffer.from([JSON.stringify(bare), ...rest].join("\n"));
  const { summary } = judgeRecordings([{ file: "bare.jsonl", content }]).results;
  expect(summary.pass).toBe(1);
});
