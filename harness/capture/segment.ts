/** The TCP segment in a packet: link layer, IP and TCP taken off. */
import type { Packet } from "./packet-file.ts";

export interface Segment {
  /** Index of its packet. */
  readonly index: number;
  /** Milliseconds since 1970. */
  readonly t: number;
  /** `address:port`. */
  readonly from: string;
  readonly to: string;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly seq: number;
  readonly ack: number | undefined;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly data: Buffer;
  /** Bytes that the segment had on the wire and the capture does not (a short snap length). */
  readonly missing: number;
}

const ethertypes = { ipv4: 0x0800, ipv6: 0x86dd, vlan: [0x8100, 0x88a8, 0x9100] } as const;

/** Where the network layer begins, by link type; undefined: not IP. */
const network: ReadonlyMap<number, (data: Buffer) => number | undefined> = new Map([
  [0, () => 4],
  [1, ethernet],
  [12, () => 0],
  [14, () => 0],
  [101, () => 0],
  [108, () => 4],
  [113, (data: Buffer) => ofType(data, 14, 16)],
  [228, () => 0],
  [229, () => 0],
  [276, (data: Buffer) => ofType(data, 0, 20)],
]);

/** Link types that can be read, for messages. */
export const linkTypes: readonly number[] = [...network.keys()];

function ethernet(data: Buffer): number | undefined {
  let at = 12;
  while (at + 2 <= data.length && ethertypes.vlan.some((type) => type === data.readUInt16BE(at))) at += 4;
  return ofType(data, at, at + 2);
}

function ofType(data: Buffer, at: number, begin: number): number | undefined {
  const type = at + 2 <= data.length ? data.readUInt16BE(at) : 0;
  return type === ethertypes.ipv4 || type === ethertypes.ipv6 ? begin : undefined;
}

interface Transport {
  readonly source: string;
  readonly target: string;
  readonly data: Buffer;
  /** Bytes of it that were not captured. */
  readonly missing: number;
}

/** The segment of a packet; undefined when it holds none, or only a part of one (an IP fragment). */
export function segmentOf({ t, linkType, data }: Packet, index: number): Segment | undefined {
  const begin = network.get(linkType)?.(data);
  if (begin === undefined || begin >= data.length) return undefined;
  const packet = data.subarray(begin);
  const version = packet.readUInt8(0) >> 4;
  const transport = version === 4 ? ofIpv4(packet) : version === 6 ? ofIpv6(packet) : undefined;
  return transport && ofTcp(transport, t, index);
}

const tcp = 6;

function ofIpv4(packet: Buffer): Transport | undefined {
  if (packet.length < 20 || packet.readUInt8(9) !== tcp) return undefined;
  const isFragment = (packet.readUInt16BE(6) & 0x3fff) !== 0;
  if (isFragment) return undefined;
  const header = (packet.readUInt8(0) & 0x0f) * 4;
  // Zero where the network card cuts segments itself.
  const total = packet.readUInt16BE(2) || packet.length;
  const address = (at: number) => [...packet.subarray(at, at + 4)].join(".");
  return { source: address(12), target: address(16), ...cutTo(packet, header, total) };
}

/** Extension headers that may stand before TCP, with the unit and base of their length. */
const extensions: ReadonlyMap<number, (field: number) => number> = new Map([
  [0, (field: number) => (field + 1) * 8],
  [43, (field: number) => (field + 1) * 8],
  [60, (field: number) => (field + 1) * 8],
  [51, (field: number) => (field + 2) * 4],
]);

function ofIpv6(packet: Buffer): Transport | undefined {
  if (packet.length < 40) return undefined;
  const total = 40 + (packet.readUInt16BE(4) || packet.length - 40);
  let next = packet.readUInt8(6);
  let at = 40;
  for (let sizeOf = extensions.get(next); sizeOf && at + 2 <= packet.length; sizeOf = extensions.get(next)) {
    next = packet.readUInt8(at);
    at += sizeOf(packet.readUInt8(at + 1));
  }
  if (next !== tcp) return undefined;
  const address = (from: number) =>
    `[${packet
      .subarray(from, from + 16)
      .toString("hex")
      .match(/.{4}/g)
      ?.join(":")}]`;
  return { source: address(8), target: address(24), ...cutTo(packet, at, total) };
}

/** Without the padding of the link layer behind the packet. */
function cutTo(packet: Buffer, begin: number, total: number): { readonly data: Buffer; readonly missing: number } {
  return { data: packet.subarray(begin, total), missing: Math.max(0, total - packet.length) };
}

function ofTcp({ source, target, data, missing }: Transport, t: number, index: number): Segment | undefined {
  if (data.length < 20) return undefined;
  const [sourcePort, targetPort] = [data.readUInt16BE(0), data.readUInt16BE(2)];
  const flags = data.readUInt8(13);
  const header = (data.readUInt8(12) >> 4) * 4;
  return {
    index,
    t,
    from: `${source}:${sourcePort}`,
    to: `${target}:${targetPort}`,
    sourcePort,
    targetPort,
    seq: data.readUInt32BE(4),
    ack: flags & 0x10 ? data.readUInt32BE(8) : undefined,
    syn: (flags & 0x02) !== 0,
    fin: (flags & 0x01) !== 0,
    rst: (flags & 0x04) !== 0,
    data: data.subarray(header),
    missing,
  };
}
