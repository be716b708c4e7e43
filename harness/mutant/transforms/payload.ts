/** Payloads and frames as fixtures write them. */
import type { FrameKind, FrameSpec, LengthForm } from "../../wire/types.ts";
import { textOf } from "../select-frame.ts";
import type { FrameOut, Link, SeenFrame } from "../types.ts";
import { flip } from "./response.ts";

/** A payload: text, bytes in hexadecimal, or `size` times the letter a; several are joined. */
export interface Literal {
  readonly text?: string;
  readonly hex?: string;
  readonly size?: number;
}

/** Changes, made in this order. */
export interface PayloadChange extends Literal {
  /** Payload is replaced by the literal when one is given; `keep` puts the old one in front of it. */
  readonly keep?: boolean;
  /**
   * `flip`: one bit; `utf8`: each invalid sequence becomes U+FFFD; `lossy`: the same, then cut to the old
   * size; `masked`: XORed with the frame's own masking key; `keyed`: what the payload holds when the frame's 4 header
   * bytes were a masking key of hybi-06 and the payload a masked frame; `garble`: bytes after the first eight XORed.
   */
  readonly how?: "flip" | "utf8" | "lossy" | "masked" | "keyed" | "garble";
  /** Close code in the first two bytes. */
  readonly code?: number;
  /** At most this many bytes. */
  readonly cut?: number;
}

/** A frame of a fixture. Whatever is left out is as a conforming sender would write it. */
export interface FrameLiteral extends Literal {
  readonly kind?: Exclude<FrameKind, "reserved">;
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  /** `true`: with a key that is drawn; text: with this key, in hexadecimal. */
  readonly mask?: boolean | string;
  readonly lengthForm?: LengthForm;
  readonly declaredLength?: number;
  /** The bytes of the frame themselves, in hexadecimal, in place of everything else. */
  readonly raw?: string;
}

/** Edit of the encoded bytes: at `at`, `remove` bytes are taken out and `hex` is put in. */
export interface Splice {
  readonly at: number;
  readonly remove?: number;
  readonly hex?: string;
}

export function literal({ text = "", hex = "", size = 0 }: Literal): Uint8Array {
  return Buffer.concat([Buffer.from(text), Buffer.from(hex, "hex"), Buffer.alloc(size, "a")]);
}

export function frameOf(wanted: FrameLiteral, link: Link, payload = literal(wanted)): FrameOut {
  if (wanted.raw !== undefined) return { raw: Buffer.from(wanted.raw, "hex") };
  return { spec: { ...bitsOf(wanted, link), payload } };
}

/** The header fields of a literal that are given, in the form of a spec. */
export function bitsOf(wanted: Omit<FrameLiteral, keyof Literal>, link: Link): FrameSpec {
  const { kind, opcode, fin, rsv, lengthForm, declaredLength } = wanted;
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(opcode === undefined ? {} : { opcode }),
    ...(fin === undefined ? {} : { fin }),
    ...(rsv === undefined ? {} : { rsv }),
    ...(wanted.mask === undefined ? {} : { mask: maskOf(wanted.mask, link) }),
    ...(lengthForm === undefined ? {} : { lengthForm }),
    ...(declaredLength === undefined ? {} : { declaredLength: BigInt(declaredLength) }),
  };
}

function maskOf(wanted: boolean | string, link: Link): Uint8Array | false {
  if (typeof wanted === "string") return Buffer.from(wanted, "hex");
  return wanted ? link.random(4) : false;
}

/** The frame as it came, in the form of a spec; its length is written in the shortest form. */
export function specOf({ frame }: SeenFrame): FrameSpec {
  const { opcode, fin, rsv, payload, key } = frame;
  return { opcode, fin, rsv, payload, mask: key ?? false };
}

export function splices(edit: Splice | undefined) {
  if (edit === undefined) return {};
  return { splice: { at: edit.at, remove: edit.remove ?? 0, insert: Buffer.from(edit.hex ?? "", "hex") } };
}

export function changedPayload(change: PayloadChange, { frame }: SeenFrame): Uint8Array {
  const replaces = change.text !== undefined || change.hex !== undefined || change.size !== undefined;
  let payload: Uint8Array = frame.payload;
  if (replaces) payload = change.keep ? Buffer.concat([payload, literal(change)]) : literal(change);
  payload = distort(change.how, payload, frame.kind, frame.key);
  if (change.code !== undefined) payload = withCode(change.code, payload);
  return change.cut === undefined ? payload : payload.subarray(0, change.cut);
}

function withCode(code: number, payload: Uint8Array): Uint8Array {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, payload.subarray(2)]);
}

function distort(
  how: PayloadChange["how"],
  payload: Uint8Array,
  kind: FrameKind,
  key: Uint8Array | undefined,
): Uint8Array {
  const repaired = () => {
    const text = textOf(kind, payload);
    return Buffer.concat([
      payload.subarray(0, payload.length - text.length),
      Buffer.from(Buffer.from(text).toString("utf8")),
    ]);
  };
  switch (how) {
    case "flip":
      return flip(payload);
    case "utf8":
      return repaired();
    case "lossy":
      return repaired().subarray(0, payload.length);
    case "masked":
      return payload.map((byte, index) => byte ^ (key?.[index % 4] ?? 0x55));
    case "keyed": {
      const key = [0x84, 0x7e, payload.length >> 8, payload.length & 0xff];
      return payload.map((byte, index) => byte ^ (key[index % 4] as number)).subarray(4);
    }
    case "garble":
      return payload.map((byte, index) => (index < 8 ? byte : byte ^ 0x01));
    default:
      return payload;
  }
}
