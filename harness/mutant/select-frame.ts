/** Which frames a transform acts on. */
import type { End, Frame, FrameKind } from "../wire/types.ts";
import { type Counted, counter, regex } from "./select-message.ts";
import type { Link, SeenFrame } from "./types.ts";

export interface FrameSelect extends Counted {
  readonly from: End;
  readonly kind?: FrameKind | readonly FrameKind[];
  readonly opcode?: number;
  /** Opcodes, bounds included. */
  readonly opcodes?: readonly [number, number];
  readonly fin?: boolean;
  readonly masked?: boolean;
  /** Masked with four zero bytes. */
  readonly zeroKey?: boolean;
  /** The length is in the shortest form there is. */
  readonly minimal?: boolean;
  /** Any reserved bit set, or none. */
  readonly rsv?: boolean;
  /** Payload sizes in bytes, bounds included. */
  readonly min?: number;
  readonly max?: number;
  /** Regular expression on the payload, read as latin1. */
  readonly payload?: string;
  /** Payload is or is not UTF-8. */
  readonly utf8?: boolean;
  /** Close code in the payload: the code, or the codes, bounds included. */
  readonly code?: readonly [number, number];
  /** A TCP segment begins inside it, between these offsets, bounds included. */
  readonly cut?: readonly [number, number];
  /** It came in at least this many TCP segments. */
  readonly pieces?: number;
  /** It came in the same TCP segment as the end of the frame before. */
  readonly coalesced?: boolean;
  /** A fragmented message was open. */
  readonly inside?: boolean;
  /** Only once a frame of this kind has passed in this direction. */
  readonly afterKind?: FrameKind;
  /** The other end has sent its close frame, or has not. */
  readonly afterClose?: boolean;
}

/** Selector for frames; has state, so make one a connection. */
export function frameSelector(params: FrameSelect, link: Link): (seen: SeenFrame) => boolean {
  const payload = params.payload === undefined ? undefined : regex(params.payload);
  const kinds = params.kind === undefined ? undefined : [params.kind].flat();
  const counts = counter(params, link);
  let reached = params.afterKind === undefined;
  const fits = ({ from, frame, cuts, coalesced, inside }: SeenFrame) =>
    (kinds?.includes(frame.kind) ?? true) &&
    is(params.opcode, frame.opcode) &&
    between(params.opcodes, frame.opcode) &&
    is(params.fin, frame.fin) &&
    is(params.zeroKey, frame.key?.every((byte) => byte === 0) ?? false) &&
    is(params.minimal, isMinimal(frame)) &&
    is(params.masked, frame.key !== undefined) &&
    is(params.rsv, frame.rsv !== 0) &&
    frame.payload.length >= (params.min ?? 0) &&
    frame.payload.length <= (params.max ?? Number.POSITIVE_INFINITY) &&
    (payload?.test(Buffer.from(frame.payload).toString("latin1")) ?? true) &&
    (params.utf8 === undefined || params.utf8 === isUtf8(textOf(frame.kind, frame.payload))) &&
    between(params.code, codeOf(frame.payload)) &&
    (params.cut === undefined || cuts.some((at) => between(params.cut, at))) &&
    cuts.length + 1 >= (params.pieces ?? 1) &&
    is(params.coalesced, coalesced) &&
    is(params.afterClose, link.hasClosed(from === "client" ? "server" : "client")) &&
    is(params.inside, inside);
  return (seen) => {
    const open = reached;
    if (seen.frame.kind === params.afterKind) reached = true;
    return seen.from === params.from && open && fits(seen) && counts();
  };
}

function is<T>(wanted: T | undefined, got: T): boolean {
  return wanted === undefined || wanted === got;
}

/** The part of a payload that is text: behind the code in a close frame. */
export function textOf(kind: FrameKind, payload: Uint8Array): Uint8Array {
  return kind === "close" ? payload.subarray(2) : payload;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function between(bounds: readonly [number, number] | undefined, value: number): boolean {
  return bounds === undefined || (value >= bounds[0] && value <= bounds[1]);
}

function isMinimal({ kind, lengthForm, payload, size }: Frame): boolean {
  if (lengthForm === "7" || lengthForm === "sentinel") return true;
  if (lengthForm === "groups") return kind !== "close" || size === 2;
  return payload.length > (lengthForm === "16" ? 125 : 65_535);
}

/** The close code of a payload, -1 when there is none. */
function codeOf(payload: Uint8Array): number {
  return payload.length < 2 ? -1 : Buffer.from(payload).readUInt16BE(0);
}
