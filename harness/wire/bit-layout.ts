/**
 * Frames of hybi-06 and RFC 6455: FIN, reserved bits, opcode, a length of 7, 16 or 64 bits, a masking key.
 * What differs between the two is a row of {@link BitLayout}.
 */
import { noBytes, part, type Random } from "./bytes.ts";
import { type CloseCodeRange, hybi06CloseCodes, rfc6455CloseCodes } from "./close-codes.ts";
import { masked } from "./masking.ts";
import type { End, FrameKind, FrameSpec, LengthForm } from "./types.ts";

export interface BitLayout {
  /** Meaning of each of the 16 opcodes. */
  readonly kinds: readonly FrameKind[];
  /** Bit of byte 1 that tells of a key behind the length; 0: no such bit. */
  readonly maskBit: 0x80 | 0;
  /** Bit of byte 1 that is the fourth reserved bit; 0: no such bit. */
  readonly rsv4Bit: 0x80 | 0;
  /** Bytes of key in front of a client's frame, which mask header and payload alike. */
  readonly frontKey: 4 | 0;
  readonly closeCodes: readonly CloseCodeRange[];
  /** Kinds that must not follow a close of the same sender. */
  readonly endedByClose: ReadonlySet<FrameKind>;
}

const data: ReadonlySet<FrameKind> = new Set<FrameKind>(["text", "binary", "continuation"]);

const reserved = (count: number): FrameKind[] => Array<FrameKind>(count).fill("reserved");

/** RFC 6455 §5.2, §5.3. */
export const rfc6455Layout: BitLayout = {
  kinds: ["continuation", "text", "binary", ...reserved(5), "close", "ping", "pong", ...reserved(5)],
  maskBit: 0x80,
  rsv4Bit: 0,
  frontKey: 0,
  closeCodes: rfc6455CloseCodes,
  endedByClose: data,
};

/** hybi-06 ~4.2, ~4.3. */
export const hybi06Layout: BitLayout = {
  kinds: ["continuation", "close", "ping", "pong", "text", "binary", ...reserved(10)],
  maskBit: 0,
  rsv4Bit: 0x80,
  frontKey: 4,
  closeCodes: hybi06CloseCodes,
  endedByClose: data,
};

/** Most bytes in front of a payload, key included. */
export const maxHeaderSize = 14;

/** A header that was read. Reused from frame to frame: copy what shall stay. */
export interface BitHeader {
  opcode: number;
  kind: FrameKind;
  fin: boolean;
  rsv: number;
  key: Uint8Array | undefined;
  lengthForm: "7" | "16" | "64";
  /** Payload length; a 64-bit length is rounded to a double, its top bit told apart. */
  length: number;
  topBit: boolean;
  minimal: boolean;
  /** Bytes in front of the payload, and the index of the first payload byte in the masked run. */
  size: number;
  phase: number;
}

export function emptyHeader(): BitHeader {
  return {
    opcode: 0,
    kind: "continuation",
    fin: true,
    rsv: 0,
    key: undefined,
    lengthForm: "7",
    length: 0,
    topBit: false,
    minimal: true,
    size: 0,
    phase: 0,
  };
}

/** By the value of the 7-bit length: the form, bytes that follow, smallest length that needs the form. */
const literalLength = { form: "7", extra: 0, least: 0 } as const;
const extendedLengths = {
  126: { form: "16", extra: 2, least: 126 },
  127: { form: "64", extra: 8, least: 65536 },
} as const;

/**
 * Reads the header at `at` into `header`.
 * @returns bytes the header needs; where fewer stand before `end`, `header` is not filled
 */
export function readBitHeader(
  layout: BitLayout,
  from: End,
  bytes: Uint8Array,
  at: number,
  end: number,
  header: BitHeader,
): number {
  const front = from === "client" ? layout.frontKey : 0;
  const start = at + front;
  if (start + 2 > end) return front + 2;
  const clear = (index: number) =>
    (bytes[start + index] as number) ^ (front > 0 ? (bytes[at + (index & 3)] as number) : 0);
  const second = clear(1);
  const short = second & 0x7f;
  const row = short === 126 || short === 127 ? extendedLengths[short] : literalLength;
  const tail = second & layout.maskBit ? 4 : 0;
  const size = front + 2 + row.extra + tail;
  if (at + size > end) return size;
  const first = clear(0);
  let length = row.extra === 0 ? short : 0;
  for (let i = 0; i < row.extra; i++) length = length * 256 + clear(2 + i);
  header.opcode = first & 0x0f;
  header.kind = layout.kinds[first & 0x0f] as FrameKind;
  header.fin = (first & 0x80) !== 0;
  header.rsv = ((first >> 4) & 7) | ((second & layout.rsv4Bit) >> 4);
  header.lengthForm = row.form;
  header.length = length;
  header.topBit = row.form === "64" && (clear(2) & 0x80) !== 0;
  header.minimal = length >= row.least;
  header.size = size;
  header.phase = front > 0 ? 2 + row.extra : 0;
  header.key = front > 0 ? copy(bytes, at, 4) : tail > 0 ? copy(bytes, at + size - 4, 4) : undefined;
  return size;
}

function copy(bytes: Uint8Array, at: number, length: number): Uint8Array {
  const out = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) out[i] = bytes[at + i] as number;
  return out;
}

/** Opcode of a frame to be written. Throws a RangeError where the dialect has none for the kind. */
export function opcodeOf(kinds: readonly FrameKind[], spec: FrameSpec): number {
  if (spec.opcode !== undefined) return spec.opcode;
  const opcode = spec.kind === undefined ? -1 : kinds.indexOf(spec.kind);
  if (opcode < 0) throw new RangeError(`no opcode for a frame of kind ${spec.kind ?? "(none given)"}`);
  return opcode;
}

/** Writes any frame. Throws a RangeError for a kind, form or key that the layout cannot express. */
export function encodeBits(layout: BitLayout, spec: FrameSpec, from: End, random: Random): Uint8Array {
  const payload = spec.payload ?? noBytes;
  const key = keyOf(spec.mask, from, random);
  const secondBits = (key ? layout.maskBit : 0) | ((spec.rsv ?? 0) & 8 ? layout.rsv4Bit : 0);
  const head = writeLength(spec.declaredLength ?? BigInt(payload.length), spec.lengthForm);
  head[0] = (spec.fin === false ? 0 : 0x80) | (((spec.rsv ?? 0) & 7) << 4) | (opcodeOf(layout.kinds, spec) & 0x0f);
  head[1] = (head[1] as number) | secondBits;
  if (!key) return Buffer.concat([head, payload]);
  if (layout.frontKey > 0) return Buffer.concat([key, masked(head, key), masked(payload, key, head.length)]);
  return Buffer.concat([head, key, masked(payload, key)]);
}

function keyOf(mask: FrameSpec["mask"], from: End, random: Random): Uint8Array | undefined {
  if (mask === false || (mask === undefined && from === "server")) return undefined;
  const key = mask ?? random(4);
  if (key.length !== 4) throw new RangeError(`a masking key has 4 bytes, not ${key.length}`);
  return key;
}

/** Both header bytes and the extended length, byte 0 still zero. Lengths that do not fit their form lose the top. */
function writeLength(length: bigint, form: LengthForm = minimalForm(length)): Buffer {
  switch (form) {
    case "7":
      return Buffer.from([0, Number(length & 0x7fn)]);
    case "16":
      return Buffer.from([0, 126, Number((length >> 8n) & 0xffn), Number(length & 0xffn)]);
    case "64": {
      const head = Buffer.alloc(10);
      head[1] = 127;
      head.writeBigUInt64BE(BigInt.asUintN(64, length), 2);
      return head;
    }
    default:
      throw new RangeError(`length form ${form} belongs to hybi-00`);
  }
}

function minimalForm(length: bigint): LengthForm {
  return length < 126n ? "7" : length < 65536n ? "16" : "64";
}

/**
 * The payload bytes from..to-1 of `chunk`, unmasked where the frame has a key; without one they share its memory.
 * @param index place of the first of them in the payload
 */
export function clearPiece(header: BitHeader, chunk: Buffer, from: number, to: number, index: number): Buffer {
  return header.key ? masked(chunk, header.key, header.phase + index, from, to) : part(chunk, from, to);
}
