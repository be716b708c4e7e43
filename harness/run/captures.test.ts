/** Captures as recordings: what is judged in them, and what is said where there is nothing. */
import { expect, test } from "vitest";
import { pcapng } from "../capture/write.ts";
import {
  accept,
  bytes,
  connect,
  frame,
  type Line,
  open,
  request,
  session,
  tcp,
  watched,
} from "../judge/testing/script.ts";
import type { Transcript } from "../judge/types.ts";
import { judgeRecordings } from "./recordings.ts";

const captureOf = (...transcripts: readonly Transcript[]) => ({
  file: "a.pcapng",
  content: pcapng(transcripts.map((transcript) => ({ transcript, findings: [] }))),
});
const both = (lines: Line): Transcript => watched("server", "rfc6455", lines);
const told = (...transcripts: readonly Transcript[]): string[] =>
  judgeRecordings([captureOf(...transcripts)]).results.cases.map(({ id, verdict, findings }) =>
    `${id} ${verdict} ${findings.map(({ requirement }) => requirement).join(" ")}`.trim(),
  );

test("both ends of each connection are judged, and what is no WebSocket is told apart", { timeout: 60_000 }, () => {
  const other = both([connect("a"), bytes("a", "client", "SSH-2.0-x\r\n")]);
  expect(told(both(session("a")), other)).toEqual([
    "observed/server[1]@rfc6455 pass",
    "observed/client[1]@rfc6455 pass",
    "observed/server[2]@rfc6455 n/a",
    "observed/client[2]@rfc6455 n/a",
  ]);
});

test("a key used again is found; a connection that a proxy passed on, and that is there twice, is no repetition", () => {
  const key = { key: "AQIDBAUGBwgJCgsMDQ4PEA==" };
  const once: Line = [open("a", key), tcp("a", "server", "fin")];
  expect(told(both(once), both(once))[3]).toBe("observed/client[2]@rfc6455 fail WS-HS-115");
  const { entries, ...transcript } = both(once);
  const copy = entries.map((entry) => ({ ...entry, conn: "b" }));
  const interleaved = entries.flatMap((entry, index) => [entry, copy[index] ?? entry]);
  expect(told({ ...transcript, entries: interleaved })[3]).toBe("observed/client[2]@rfc6455 pass");
});

test("with an extension that both agreed on the handshake is judged, and no frame", { timeout: 60_000 }, () => {
  const deflate = { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits=15" };
  const lines: Line = [
    connect("a"),
    request("a", { set: { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" } }),
    accept("a", { set: deflate }),
    frame("a", "client", { kind: "text", rsv: 4, payload: Buffer.from("f348cdc9c90700", "hex") }),
    frame("a", "server", { kind: "text", rsv: 4, payload: Buffer.from("f348cdc9c90700", "hex") }),
  ];
  const { cases } = judgeRecordings([captureOf(both(lines))]).results;
  expect(cases.map(({ verdict, findings }) => [verdict, findings])).toEqual([
    ["inconc", []],
    ["inconc", []],
  ]);
  expect(cases[0]?.reason).toMatch(/permessage-deflate/);
});

test("a capture with nothing to judge is one line that says why", () => {
  const tls = both([connect("a"), bytes("a", "client", "\x16\x03\x01\x00\x05hello")]);
  expect(() => told(tls)).toThrow(/^a\.pcapng: nothing to judge in it: the connection is encrypted \(TLS\)[^\n]*$/);
  expect(() => told(both(connect("a")))).toThrow(/no TCP connection on which something was sent$/);
});
