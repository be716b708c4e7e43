/**
 * Transcripts as pcapng against tshark, an independent dissector: it has to see the handshake and every frame that the
 * judge saw, right checksums and numbers, and the comments. Skipped where tshark is not installed, unless
 * TSHARK=required.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pcapng } from "../capture/write.ts";
import { readConversation } from "../judge/conversation.ts";
import type { Transcript } from "../judge/types.ts";
import { findTarget } from "../target/file.ts";
import { run } from "./index.ts";
import { judgeRecordings } from "./recordings.ts";

const isInstalled = spawnSync("tshark", ["--version"]).status === 0;
const isRequired = process.env["TSHARK"] === "required";

const folder = mkdtempSync(join(tmpdir(), "ncwspec-tshark-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, "out.pcapng");
let transcripts: Transcript[] = [];

function tshark(...args: readonly string[]): string[] {
  const told = spawnSync("tshark", ["-r", file, ...args], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  expect(told.status, told.stderr).toBe(0);
  return told.stdout.split("\n").filter((line) => line !== "");
}
const fieldsOf = (filter: string, ...names: readonly string[]): string[] =>
  tshark("-Y", filter, "-T", "fields", ...names.flatMap((name) => ["-e", name]));

const opcodes: Readonly<Record<string, number>> = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

describe.skipIf(!isInstalled && !isRequired)("tshark", { timeout: 120_000 }, () => {
  beforeAll(async () => {
    const cases = [
      "replay/complete-once",
      "framing/ping",
      "framing/fragments",
      "framing/reply-fragments",
      "closing/code",
    ];
    await run({ target: findTarget("reference"), cases, dialects: ["rfc6455"], out: folder });
    const names = readdirSync(join(folder, "transcripts"));
    const recordings = names.map((name) => ({ file: name, content: readFileSync(join(folder, "transcripts", name)) }));
    const { judged } = judgeRecordings(recordings);
    transcripts = judged.flatMap(({ transcript }) => transcript ?? []);
    const finding = { requirement: "R-1", level: "MUST", clause: "RFC 1 §2", message: "Odd", at: 6 } as const;
    const told = transcripts.map((transcript, index) => ({
      transcript,
      findings: index === 0 ? [{ finding, role: "server" as const }] : [],
    }));
    writeFileSync(file, pcapng(told));
  }, 120_000);

  test("decodes each handshake and every frame", () => {
    const views = transcripts.flatMap((transcript) => [...readConversation(transcript).connections.values()]);
    const upgraded = views.filter(({ response }) => response?.value.status === 101);
    expect(upgraded.length).toBeGreaterThan(3);
    expect(fieldsOf("http.response.code == 101", "http.sec_websocket_accept")).toHaveLength(upgraded.length);
    expect(fieldsOf("http.upgrade and http.request", "http.sec_websocket_key")).toHaveLength(views.length);
    const seen = fieldsOf("websocket", "tcp.stream", "websocket.opcode").flatMap((line) => {
      const [stream, codes = ""] = line.split("\t");
      return codes.split(",").map((code) => `${stream} ${Number(code)}`);
    });
    const ours = views.flatMap(({ frames }, stream) => frames.map(({ frame }) => `${stream} ${opcodes[frame.kind]}`));
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.sort()).toEqual(ours.sort());
  });

  test("finds nothing wrong with checksums and numbers", () => {
    const checked = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
    expect(tshark(...checked, "-Y", "tcp.checksum.status == 0 or ip.checksum.status == 0")).toEqual([]);
    expect(tshark("-Y", "tcp.analysis.lost_segment or tcp.analysis.retransmission or _ws.malformed")).toEqual([]);
  });

  test("shows the comment at the packet of a finding", () => {
    expect(fieldsOf("frame.comment", "frame.comment")).toEqual(["server: R-1 (MUST, RFC 1 §2): Odd"]);
  });
});

test.runIf(isRequired)("tshark is installed", () => {
  expect(isInstalled).toBe(true);
});
