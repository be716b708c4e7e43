import { describe, expect, test } from "vitest";
import { startRecorder, transcriptFromJsonLines, transcriptToJsonLines } from "./recorder.ts";

test("entries keep their order, count from the start and are numbered", () => {
  const recorder = startRecorder();
  expect(recorder.add({ type: "tcp", conn: "a", from: "client", event: "open" })).toBe(0);
  expect(recorder.add({ type: "bytes", conn: "a", from: "server", data: Buffer.from("x") })).toBe(1);
  expect(recorder.add({ type: "step", step: "rpc", label: "l", detail: { messageId: "1" } })).toBe(2);
  const times = recorder.entries.map(({ t }) => t);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times[0]).toBeGreaterThanOrEqual(0);
});

function written(): string {
  const recorder = startRecorder();
  recorder.add({ type: "tcp", conn: "a", from: "client", event: "open" });
  recorder.add({ type: "bytes", conn: "a", from: "server", data: Uint8Array.from({ length: 256 }, (_, byte) => byte) });
  recorder.add({ type: "step", conn: "a", step: "rpc", label: "é 漢 😀 ", detail: { messageId: "&<\n" } });
  const transcript = { case: "s/c@rfc6455", dialect: "rfc6455", role: "server", entries: recorder.entries } as const;
  return transcriptToJsonLines(transcript, { title: "T", judge: [] });
}

test("a transcript comes back from its lines, with what the header adds", () => {
  const text = written();
  expect(text.split("\n")).toHaveLength(5);
  const { transcript, header } = transcriptFromJsonLines(text);
  expect(header).toMatchObject({ schema: "ncwspec-transcript/1", title: "T", judge: [], case: "s/c@rfc6455" });
  expect(transcript).toMatchObject({ case: "s/c@rfc6455", dialect: "rfc6455", role: "server" });
  expect(transcript.entries[1]).toMatchObject({ data: Uint8Array.from({ length: 256 }, (_, byte) => byte) });
  expect(transcript.entries[2]).toMatchObject({ label: "é 漢 😀 ", detail: { messageId: "&<\n" } });
});

test("line ends of Windows and blank lines do no harm", () => {
  const text = written();
  expect(transcriptFromJsonLines(text.replaceAll("\n", "\r\n"))).toEqual(transcriptFromJsonLines(text));
  expect(transcriptFromJsonLines(text.replaceAll("\n", "\n\n"))).toEqual(transcriptFromJsonLines(text));
});

test("a cut last line is dropped, also when it happens to be JSON", () => {
  const text = written();
  const lines = text.split("\n");
  for (const end of [lines[3]?.slice(0, 20), lines[3], "1"])
    expect(transcriptFromJsonLines(`${lines.slice(0, 3).join("\n")}\n${end}`).transcript.entries).toHaveLength(2);
  expect(transcriptFromJsonLines(lines[0] ?? "").transcript.entries).toEqual([]);
});

describe("what is no transcript is refused with its line", () => {
  const [header = ""] = written().split("\n");
  const entry = (value: unknown) => `${header}\n\n${JSON.stringify(value)}\n`;
  test.each([
    ["", "line 1: not JSON"],
    ["\n", "line 1: not JSON"],
    ["hello\nworld\n", "line 1: not JSON"],
    ["null\n", "line 1: not a JSON object"],
    ["[]\n", "line 1: not a JSON object"],
    ["{}\n", "line 1: not a transcript"],
    ['{"schema":"ncwspec-results/1"}\n', "line 1: not a transcript"],
    ['{"schema":"ncwspec-transcript/1","case":"c","dialect":"toString","role":"server"}\n', "line 1: case, dialect"],
    ['{"schema":"ncwspec-transcript/1","case":"c","dialect":"rfc6455"}\n', "line 1: case, dialect or role"],
    [`${header}\nx\n${header}\n`, "line 2: not JSON"],
    [entry(null), "line 3: not a JSON object"],
    [entry({ type: "bytes", t: 0, conn: "a", from: "server" }), "line 3: not an entry"],
    [entry({ type: "bytes", t: 0, conn: "a", from: "me", data: "" }), "line 3: not an entry"],
    [entry({ type: "tcp", t: 0, conn: "a", from: "server", event: "gone" }), "line 3: not an entry"],
    [entry({ type: "step", t: 0, step: "x", detail: [] }), "line 3: not an entry"],
    [entry({ type: "step", step: "x" }), "line 3: not an entry"],
    [entry({ type: "constructor", t: 0 }), "line 3: not an entry"],
  ])("%j", (text, message) => expect(() => transcriptFromJsonLines(text)).toThrow(message));
});
