/** The TCP connections of a capture, each as the entries of a transcript. */
import { frameScore } from "../judge/recognise.ts";
import type { Entry } from "../judge/types.ts";
import type { End } from "../wire/types.ts";
import { type Piece, reassemble } from "./direction.ts";
import { type Packet, readPackets } from "./packet-file.ts";
import { linkTypes, type Segment, segmentOf } from "./segment.ts";

export interface Captured {
  /** `address:port` of both ends. */
  readonly client: string;
  readonly server: string;
  /** Times of its first and last packet, milliseconds since 1970. */
  readonly begun: number;
  readonly ended: number;
  readonly entries: readonly Entry[];
}

export interface Capture {
  /** Connections on which something was sent, in the order of their first packets. */
  readonly connections: readonly Captured[];
  /** What of the file could not be read, one line each. */
  readonly notes: readonly string[];
}

/** @throws Error of one line for what is no capture */
export function readCapture(file: Uint8Array): Capture {
  const { packets, isCut } = readPackets(file);
  const notes = [...(isCut ? ["the file ends inside a packet"] : []), ...foreignLinks(packets)];
  const segments = packets.flatMap((packet, index) => segmentOf(packet, index) ?? []);
  const connections = split(segments)
    .filter((flow) => flow.some(({ data }) => data.length > 0))
    .map(connectionOf);
  return { connections, notes };
}

function foreignLinks(packets: readonly Packet[]): string[] {
  const foreign = new Set(packets.map(({ linkType }) => linkType).filter((type) => !linkTypes.includes(type)));
  return foreign.size === 0 ? [] : [`link type ${[...foreign].join(", ")} is not read`];
}

/** Segments by connection. A SYN with another number than before begins a new one between the same ports. */
function split(segments: readonly Segment[]): Segment[][] {
  const flows: Segment[][] = [];
  const open = new Map<string, { readonly flow: Segment[]; syn: number | undefined }>();
  for (const segment of segments) {
    const key = [segment.from, segment.to].sort().join(" ");
    const begins = segment.syn && segment.ack === undefined;
    const known = open.get(key);
    if (known && !(begins && known.syn !== segment.seq)) {
      known.flow.push(segment);
      continue;
    }
    const fresh = { flow: [segment], syn: begins ? segment.seq : undefined };
    open.set(key, fresh);
    flows.push(fresh.flow);
  }
  return flows;
}

function connectionOf(flow: readonly Segment[]): Captured {
  const client = clientOf(flow);
  const first = flow[0];
  const server = first ? (first.from === client ? first.to : first.from) : "";
  const [begun, ended] = [first?.t ?? 0, flow.at(-1)?.t ?? 0];
  return { client, server, begun, ended, entries: entriesOf(flow, client) };
}

const startsLike = (segment: Segment | undefined, form: RegExp) =>
  segment !== undefined && form.test(segment.data.subarray(0, 16).toString("latin1"));
const request = /^[A-Z]{3,10} [/h*]/;
const response = /^HTTP\/1/;

/** By the SYN, else by the handshake, else by which way round the frames can be read; last, by the higher port. */
function clientOf(flow: readonly Segment[]): string {
  const syn = flow.find((segment) => segment.syn);
  if (syn) return syn.ack === undefined ? syn.from : syn.to;
  const [asks, answers] = [request, response].map((form) => flow.find((segment) => startsLike(segment, form)));
  if (asks) return asks.from;
  if (answers) return answers.to;
  const [first] = flow;
  if (!first) return "";
  const scores = [first.from, first.to].map((client) => ({ client, score: frameScore(bytesOf(flow, client)) }));
  const [one, other] = scores;
  if (one && other && one.score !== other.score) return one.score > other.score ? one.client : other.client;
  return first.sourcePort > first.targetPort ? first.from : first.to;
}

function bytesOf(flow: readonly Segment[], client: string): { readonly from: End; readonly data: Uint8Array }[] {
  return flow
    .filter(({ data }) => data.length > 0)
    .map(({ from, data }) => ({ from: from === client ? "client" : "server", data }));
}

function entriesOf(flow: readonly Segment[], client: string): Entry[] {
  const endOf = (segment: Segment): End => (segment.from === client ? "client" : "server");
  const of: Record<End, readonly Segment[]> = {
    client: flow.filter((segment) => endOf(segment) === "client"),
    server: flow.filter((segment) => endOf(segment) === "server"),
  };
  const firstAck = (end: End) => of[end].find(({ ack }) => ack !== undefined)?.ack;
  const directions = {
    client: reassemble(of.client, firstAck("server")),
    server: reassemble(of.server, firstAck("client")),
  };
  const begun = flow[0]?.t ?? 0;
  const entries = beginning(of);
  for (const segment of flow) {
    const from = endOf(segment);
    const other: End = from === "client" ? "server" : "client";
    const t = Math.max(0, Math.round((segment.t - begun) * 1000) / 1000);
    const isAck = segment.ack !== undefined && !segment.rst;
    const acknowledged = isAck ? directions[other].acknowledged(segment.ack ?? 0) : [];
    entries.push(...acknowledged.map((piece) => entryOf(piece, t, other)));
    entries.push(...directions[from].take(segment).map((piece) => entryOf(piece, t, from)));
    if (segment.rst) entries.push({ type: "tcp", t, conn, from, event: "reset" });
  }
  return entries;
}

/** Name of the connection in its transcript. */
const conn = "a";

function entryOf(piece: Piece, t: number, from: End): Entry {
  if (piece.type === "bytes") return { type: "bytes", t, conn, from, data: piece.data };
  return { type: "tcp", t, conn, from, event: piece.type };
}

/** Opened, where the capture shows it; what it begins too late for is lost. */
function beginning(of: Record<End, readonly Segment[]>): Entry[] {
  const tcp = (from: End, event: "open" | "lost"): Entry => ({ type: "tcp", t: 0, conn, from, event });
  if (!isFromStart(of.client, "client")) return [tcp("client", "lost"), tcp("server", "lost")];
  const isWhole = of.server.length === 0 || isFromStart(of.server, "server");
  return [tcp("client", "open"), ...(isWhole ? [] : [tcp("server", "lost")])];
}

/** Whether the capture has the beginning of a direction: its SYN, or the first line of its half of the handshake. */
function isFromStart(segments: readonly Segment[], end: End): boolean {
  if (segments.some(({ syn }) => syn)) return true;
  const first = segments.find(({ data }) => data.length > 0);
  return startsLike(first, end === "client" ? request : response);
}
