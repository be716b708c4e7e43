/** Captures read and written: every form gives the same connection, and what is missing accuses nobody. */
import { describe, expect, test } from "vitest";
import { readConversation } from "../judge/conversation.ts";
import { passiveReports } from "../judge/judge.ts";
import { recognise } from "../judge/recognise.ts";
import {
  close,
  control,
  event,
  type Line,
  message,
  notification,
  reply,
  rpc,
  subscribed,
  tcp,
  watched,
} from "../judge/testing/script.ts";
import type { Entry, Transcript } from "../judge/types.ts";
import { dialectNames } from "../wire/index.ts";
import type { DialectName, End } from "../wire/types.ts";
import { readCapture } from "./connections.ts";
import { type Packet, readPackets } from "./packet-file.ts";
import { pcapng } from "./write.ts";

const peaceful: Line = [
  subscribed("a", { startTime: "2026-01-01T00:00:00Z" }),
  notification("a", event("t.")),
  control("a", "replayComplete"),
  rpc("a", "one"),
  rpc("a", "two"),
  reply("a", "one"),
  notification("a", event("u.")),
  reply("a", "two", `<data>${"x".repeat(70_000)}</data>`),
  rpc("a", "end", { op: "<close-session/>" }),
  reply("a", "end"),
  close("a", "server", 1000),
  close("a", "client", 1000),
  tcp("a", "server", "fin"),
  tcp("a", "client", "fin"),
];
const sessionOf = (dialect: DialectName): Transcript => watched("server", dialect, peaceful);
const fileOf = (transcript: Transcript) => pcapng([{ transcript, findings: [] }]);
const packetsOf = (transcript: Transcript): readonly Packet[] => readPackets(fileOf(transcript)).packets;

/** A classic capture of these packets. */
function classic(packets: readonly Packet[], { isLittle = true, perSecond = 1e6, linkType = 1 } = {}): Buffer {
  const u32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    if (isLittle) bytes.writeUInt32LE(value >>> 0);
    else bytes.writeUInt32BE(value >>> 0);
    return bytes;
  };
  const head = [
    perSecond === 1e6 ? 0xa1b2c3d4 : 0xa1b23c4d,
    isLittle ? 0x00040002 : 0x00020004,
    0,
    0,
    262_144,
    linkType,
  ];
  const records = packets.flatMap(({ t, data }) => [
    u32(Math.floor(t / 1000)),
    u32(Math.round(((t % 1000) * perSecond) / 1000)),
    u32(data.length),
    u32(data.length),
    data,
  ]);
  return Buffer.concat([...head.map(u32), ...records]);
}

const bytesFrom = (entries: readonly Entry[], from: End): Buffer =>
  Buffer.concat(entries.flatMap((entry) => (entry.type === "bytes" && entry.from === from ? [entry.data] : [])));
const eventsOf = (entries: readonly Entry[]): string[] =>
  entries.flatMap((entry) => (entry.type === "tcp" ? [`${entry.from} ${entry.event}`] : []));

function only(file: Uint8Array): readonly Entry[] {
  const { connections } = readCapture(file);
  expect(connections).toHaveLength(1);
  return connections[0]?.entries ?? [];
}
function chargedIn(entries: readonly Entry[], role: End, dialect: DialectName): string[] {
  const transcript: Transcript = { case: "c", dialect, role, entries };
  const reports = passiveReports(readConversation(transcript)).filter(({ outcome }) => outcome === "broken");
  return [...new Set(reports.map(({ requirement }) => requirement))];
}
const accusesNobody = (entries: readonly Entry[], dialect: DialectName): void => {
  for (const role of ["server", "client"] as const) expect(chargedIn(entries, role, dialect)).toEqual([]);
};

describe("a transcript written as pcapng and read again", () => {
  test.each(dialectNames)("%s: is the same connection", (dialect) => {
    const transcript = sessionOf(dialect);
    const entries = only(fileOf(transcript));
    for (const from of ["client", "server"] as const)
      expect(bytesFrom(entries, from).equals(bytesFrom(transcript.entries, from))).toBe(true);
    expect(eventsOf(entries)).toEqual(["client open", "server fin", "client fin"]);
    expect(recognise(entries)).toEqual({ dialect });
    accusesNobody(entries, dialect);
  });

  test("several connections of one transcript stay apart", () => {
    const two = watched("server", "rfc6455", [subscribed("a"), subscribed("b"), rpc("a", "x"), reply("a", "x")]);
    expect(readCapture(fileOf(two)).connections.map(({ client }) => client)).toEqual([
      "192.0.2.1:49152",
      "192.0.2.1:49153",
    ]);
  });
});

/** The same packets under another link layer. */
const layers: readonly (readonly [string, number, (ip: Buffer) => Buffer])[] = [
  ["raw IP", 101, (ip) => ip],
  ["BSD loopback", 0, (ip) => Buffer.concat([Buffer.from([2, 0, 0, 0]), ip])],
  ["OpenBSD loopback", 108, (ip) => Buffer.concat([Buffer.from([0, 0, 0, 2]), ip])],
  ["Linux cooked", 113, (ip) => Buffer.concat([Buffer.alloc(14), Buffer.from([8, 0]), ip])],
  ["Linux cooked, version 2", 276, (ip) => Buffer.concat([Buffer.from([8, 0]), Buffer.alloc(18), ip])],
  ["a VLAN", 1, (ip) => Buffer.concat([Buffer.alloc(12), Buffer.from("8100000a0800", "hex"), ip])],
  ["IPv6", 101, toIpv6],
];

function toIpv6(ip: Buffer): Buffer {
  const payload = ip.subarray(20);
  const head = Buffer.alloc(40 + 8);
  head.writeUInt8(0x60, 0);
  head.writeUInt16BE(payload.length + 8, 4);
  // A hop-by-hop header of 8 bytes, then TCP.
  head.writeUInt8(0, 6);
  ip.copy(head, 8, 12, 16);
  ip.copy(head, 24, 16, 20);
  head.writeUInt8(6, 40);
  return Buffer.concat([head, payload]);
}

describe("the forms of a capture", () => {
  const transcript = sessionOf("rfc6455");
  const packets = packetsOf(transcript);
  test.each(layers)("%s", (_name, linkType, wrap) => {
    const wrapped = packets.map((packet) => ({ ...packet, data: wrap(packet.data.subarray(14)) }));
    const entries = only(classic(wrapped, { linkType }));
    expect(bytesFrom(entries, "server").equals(bytesFrom(transcript.entries, "server"))).toBe(true);
  });

  test.each([
    { isLittle: false, perSecond: 1e6 },
    { isLittle: true, perSecond: 1e9 },
    { isLittle: false, perSecond: 1e9 },
  ])("classic, $isLittle, $perSecond parts of a second", (form) => {
    const entries = only(classic(packets, form));
    expect(entries.map(({ t }) => t)).toEqual(only(fileOf(transcript)).map(({ t }) => t));
  });

  test("a file that ends inside a packet is read up to there", () => {
    const { connections, notes } = readCapture(classic(packets).subarray(0, -10));
    expect([connections.length, notes]).toEqual([1, ["the file ends inside a packet"]]);
  });

  test("what is no capture is said to be none", () => {
    expect(() => readCapture(Buffer.from("{}\n"))).toThrow(/neither pcap nor pcapng/);
    expect(readCapture(classic(packets, { linkType: 147 })).notes).toEqual(["link type 147 is not read"]);
  });
});

describe("what the network did", () => {
  const transcript = sessionOf("rfc6455");
  const packets = packetsOf(transcript);
  const whole = only(classic(packets));

  test("segments that came twice, or in another order, make no difference", () => {
    const twice = packets.flatMap((packet) => [packet, packet]);
    const swapped = packets.map((_, index) => packets[index % 2 === 0 ? index + 1 : index - 1] ?? packets[index]);
    for (const file of [twice, swapped as Packet[]])
      for (const from of ["client", "server"] as const)
        expect(bytesFrom(only(classic(file)), from).equals(bytesFrom(whole, from))).toBe(true);
  });

  test("a retransmission of several segments in one is cut to what is new", () => {
    const cut = watched("server", "rfc6455", [
      subscribed("a"),
      message("a", "server", "one"),
      message("a", "server", "two"),
    ]);
    const list = packetsOf(cut);
    const [first, second] = list.slice(-2) as [Packet, Packet];
    const both = Buffer.concat([first.data, second.data.subarray(54)]);
    both.writeUInt16BE(both.length - 14, 16);
    for (const file of [
      [...list, { ...first, data: both }],
      [...list.slice(0, -2), second, { ...first, data: both }],
      [...list.slice(0, -1), { ...first, data: both }],
    ])
      expect(bytesFrom(only(classic(file)), "server").equals(bytesFrom(cut.entries, "server"))).toBe(true);
  });

  test.each(dialectNames.flatMap((dialect) => Array.from({ length: 30 }, (_, index) => ({ dialect, index }))))(
    "$dialect: without packet $index nobody is accused",
    ({ dialect, index }) => {
      const list = packetsOf(sessionOf(dialect));
      accusesNobody(only(classic(list.filter((_, at) => at !== index))), dialect);
    },
  );

  test.each(dialectNames.flatMap((dialect) => Array.from({ length: 20 }, (_, index) => ({ dialect, index }))))(
    "$dialect: a capture that begins at packet $index accuses nobody",
    ({ dialect, index }) => {
      const entries = only(classic(packetsOf(sessionOf(dialect)).slice(index)));
      accusesNobody(entries, dialect);
      if (index < 18) expect(recognise(entries)).toEqual({ dialect });
    },
  );

  test.each(dialectNames.flatMap((dialect) => (["client", "server"] as const).map((end) => ({ dialect, end }))))(
    "$dialect: a capture of what the $end sent only accuses nobody",
    ({ dialect, end }) => {
      const isOf = ({ data }: Packet) => (data.readUInt16BE(34) === 80) === (end === "server");
      accusesNobody(only(classic(packetsOf(sessionOf(dialect)).filter(isOf))), dialect);
    },
  );

  test("packets of which only the beginning was kept", () => {
    const short = packets.map((packet) => ({ ...packet, data: packet.data.subarray(0, 200) }));
    accusesNobody(only(classic(short)), "rfc6455");
  });
});

test("what is wrong behind a late beginning is found", () => {
  const wrong = watched("server", "rfc6455", [subscribed("a"), rpc("a", "x"), reply("a", "x"), reply("a", "x", "")]);
  const entries = only(classic(packetsOf(wrong).slice(8)));
  expect(chargedIn(entries, "server", "rfc6455")).toEqual(["NC-RPC-001", "NC-RPC-009"]);
});

test("a finding stands as a comment at its packet", () => {
  const transcript = sessionOf("rfc6455");
  const at = transcript.entries.length - 4;
  const finding = { requirement: "R-1", level: "MUST", clause: "RFC 1 §2", message: "Odd", at } as const;
  const file = pcapng([{ transcript, findings: [{ finding, role: "server" }] }]);
  expect(Buffer.from(file).includes("server: R-1 (MUST, RFC 1 §2): Odd")).toBe(true);
});
