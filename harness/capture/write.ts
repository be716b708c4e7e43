/**
 * Writes transcripts as pcapng, so that a protocol analyser opens them: made-up Ethernet and IPv4 around the bytes that
 * really went, one TCP connection each, and a comment at the packet on which a finding rests.
 */
import type { Entry, Finding, Role, Transcript } from "../judge/types.ts";
import type { End } from "../wire/types.ts";

export interface Told {
  readonly transcript: Transcript;
  readonly findings: readonly { readonly finding: Finding; readonly role: Role }[];
}

/** The file. Transcripts follow one another, a second apart; times begin at 1970. */
export function pcapng(all: readonly Told[]): Uint8Array {
  const blocks = [sectionBlock(), interfaceBlock()];
  let begun = 0;
  let ports = 0;
  for (const { transcript, findings } of all) {
    const comments = commentsOf(transcript, findings);
    const flows = new Map<string, Flow>();
    let last = begun;
    for (const [at, entry] of transcript.entries.entries()) {
      const packets =
        entry.type === "step"
          ? []
          : packetsOf(
              entry,
              flowOf(flows, entry.conn, () => ports++),
            );
      for (const [index, packet] of packets.entries()) {
        last = begun + entry.t;
        blocks.push(packetBlock(packet, last, index === 0 ? (comments.get(at) ?? []) : []));
      }
    }
    begun = Math.ceil(last) + 1000;
  }
  return Buffer.concat(blocks);
}

/** By entry that makes packets: the findings that rest on it, or on a step before it, or on nothing behind it. */
function commentsOf({ entries }: Transcript, findings: Told["findings"]): ReadonlyMap<number, readonly string[]> {
  const hasPackets = (entry: Entry | undefined) => entry?.type === "bytes" || entry?.type === "tcp";
  const comments = new Map<number, string[]>();
  for (const { finding, role } of findings) {
    const own = entries[finding.at];
    const conn = own && "conn" in own ? own.conn : undefined;
    const fits = (entry: Entry) => hasPackets(entry) && (conn === undefined || entry.conn === conn);
    const behind = entries.findIndex((entry, at) => at >= finding.at && fits(entry));
    const place = behind >= 0 ? behind : entries.findLastIndex(fits);
    const text = `${role}: ${finding.requirement} (${finding.level}, ${finding.clause}): ${finding.message}`;
    comments.set(place, [...(comments.get(place) ?? []), text]);
  }
  return comments;
}

// ---- TCP ----

interface Flow {
  readonly client: Address;
  readonly server: Address;
  /** Next sequence number of each end. */
  readonly seq: Record<End, number>;
}

interface Address {
  readonly mac: number;
  readonly ip: number;
  readonly port: number;
}

/** 192.0.2.1 and 198.51.100.1, which are for examples (RFC 5737). */
const addresses = { client: 0xc0000201, server: 0xc6336401 } as const;
const firstPort = 49152;
const portCount = 16384;

function flowOf(flows: Map<string, Flow>, conn: string, count: () => number): Flow {
  const known = flows.get(conn);
  if (known) return known;
  const number = count();
  const ip = addresses.client + Math.floor(number / portCount);
  const made: Flow = {
    client: { mac: 1, ip, port: firstPort + (number % portCount) },
    server: { mac: 2, ip: addresses.server, port: 80 },
    seq: { client: 1000, server: 5000 },
  };
  flows.set(conn, made);
  return made;
}

const flag = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

/** Bytes in one packet: what fits into an IPv4 packet, as a capture on a loopback interface has them. */
const largest = 65_000;

function packetsOf(entry: Exclude<Entry, { type: "step" }>, flow: Flow): Buffer[] {
  const { from } = entry;
  const other: End = from === "client" ? "server" : "client";
  if (entry.type === "bytes") {
    const count = Math.ceil(entry.data.length / largest);
    return Array.from({ length: count }, (_, index) => {
      const data = entry.data.subarray(index * largest, (index + 1) * largest);
      return segment(flow, from, flag.psh | flag.ack, data);
    });
  }
  if (entry.event === "open")
    return [
      segment(flow, "client", flag.syn),
      segment(flow, "server", flag.syn | flag.ack),
      segment(flow, "client", flag.ack),
    ];
  if (entry.event === "refused")
    return [segment(flow, "client", flag.syn), segment(flow, "server", flag.rst | flag.ack)];
  if (entry.event === "fin") return [segment(flow, from, flag.fin | flag.ack), segment(flow, other, flag.ack)];
  if (entry.event === "reset") return [segment(flow, from, flag.rst | flag.ack)];
  // How much is missing is not known; one byte shows that something is.
  flow.seq[from] += 1;
  return [];
}

function segment(flow: Flow, from: End, flags: number, data: Uint8Array = new Uint8Array()): Buffer {
  const to: End = from === "client" ? "server" : "client";
  const [source, target] = [flow[from], flow[to]];
  const tcp = Buffer.alloc(20 + data.length);
  tcp.writeUInt16BE(source.port, 0);
  tcp.writeUInt16BE(target.port, 2);
  tcp.writeUInt32BE(flow.seq[from] >>> 0, 4);
  tcp.writeUInt32BE(flags & flag.ack ? flow.seq[to] >>> 0 : 0, 8);
  tcp.writeUInt16BE(0x5000 | flags, 12);
  tcp.writeUInt16BE(65535, 14);
  tcp.set(data, 20);
  tcp.writeUInt16BE(checksum(tcp, pseudoHeader(source, target, tcp.length)), 16);
  flow.seq[from] += data.length + (flags & (flag.syn | flag.fin) ? 1 : 0);
  return Buffer.concat([ethernet(source, target), ipv4(source, target, tcp.length), tcp]);
}

function ethernet(source: Address, target: Address): Buffer {
  const header = Buffer.alloc(14);
  // Locally administered.
  header.writeUInt8(0x02, 0);
  header.writeUInt8(target.mac, 5);
  header.writeUInt8(0x02, 6);
  header.writeUInt8(source.mac, 11);
  header.writeUInt16BE(0x0800, 12);
  return header;
}

const protocol = 6;

function ipv4(source: Address, target: Address, size: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + size, 2);
  header.writeUInt16BE(0x4000, 6);
  header.writeUInt8(64, 8);
  header.writeUInt8(protocol, 9);
  header.writeUInt32BE(source.ip, 12);
  header.writeUInt32BE(target.ip, 16);
  header.writeUInt16BE(checksum(header), 10);
  return header;
}

function pseudoHeader(source: Address, target: Address, size: number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32BE(source.ip, 0);
  header.writeUInt32BE(target.ip, 4);
  header.writeUInt16BE(protocol, 8);
  header.writeUInt16BE(size, 10);
  return header;
}

/** The Internet checksum (RFC 1071), its own field being zero. */
function checksum(...parts: readonly Buffer[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at + 1 < part.length; at += 2) sum += part.readUInt16BE(at);
    if (part.length % 2 === 1) sum += part.readUInt8(part.length - 1) << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

// ---- pcapng ----

const optionCodes = { comment: 1, application: 4 } as const;
const ethernetLink = 1;

function block(type: number, body: Buffer, options: readonly (readonly [number, string])[] = []): Buffer {
  const padded = [body, ...options.map(([code, text]) => option(code, text))];
  if (options.length > 0) padded.push(Buffer.alloc(4));
  const inside = Buffer.concat(padded);
  const size = 12 + inside.length;
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(size, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(size, 0);
  return Buffer.concat([head, inside, tail]);
}

function option(code: number, text: string): Buffer {
  const value = Buffer.from(text, "utf8").subarray(0, 65_000);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value, padding(value.length)]);
}

function padding(size: number): Buffer {
  return Buffer.alloc((4 - (size % 4)) % 4);
}

function sectionBlock(): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(0x1a2b3c4d, 0);
  body.writeUInt16LE(1, 4);
  // The size of the section is not told.
  body.fill(0xff, 8);
  return block(0x0a0d0d0a, body, [[optionCodes.application, "ncwspec"]]);
}

function interfaceBlock(): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt16LE(ethernetLink, 0);
  return block(1, body);
}

/** @param t milliseconds since 1970; written in microseconds */
function packetBlock(packet: Buffer, t: number, comments: readonly string[]): Buffer {
  const micros = Math.round(t * 1000);
  const body = Buffer.alloc(20);
  body.writeUInt32LE(Math.floor(micros / 2 ** 32), 4);
  body.writeUInt32LE(micros % 2 ** 32, 8);
  body.writeUInt32LE(packet.length, 12);
  body.writeUInt32LE(packet.length, 16);
  const options = comments.map((text) => [optionCodes.comment, text] as const);
  return block(6, Buffer.concat([body, packet, padding(packet.length)]), options);
}
