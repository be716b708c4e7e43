/**
 * Frames of hybi-00 (1.2, 4.2, 5.3): types 00..7F run to the next FF, types 80..FF carry a length in groups
 * of 7 bits. 00 is text, FF with length zero is the close, everything else is reserved.
 */
import { isUtf8 } from "node:buffer";
import { asBuffer, type Gatherer, gatherer, noBytes, part } from "./bytes.ts";
import { defaultMaxPayload } from "./limits.ts";
import type { Decoder, DecoderLimits, Frame, FrameKind, FrameSpec, LengthForm, WireEvent, WireRule } from "./types.ts";
import { type Utf8Validator, utf8Validator } from "./utf8.ts";

const sentinel = 0xff;
const closeType = 0xff;
const firstCounted = 0x80;
const typeOf: Partial<Record<FrameKind, number>> = { text: 0x00, close: closeType };

/** Least number of 7-bit groups by the length form asked for; the forms of the other dialects pad with zero groups. */
const groupsOf: Record<LengthForm, number> = { sentinel: 0, groups: 1, "7": 1, "16": 3, "64": 10 };

/**
 * Writes any frame. `lengthForm` "sentinel" or "groups" overrides what the type implies; "16" and "64" pad the
 * length to 3 and 10 groups. `fin`, `rsv` and `mask` have no place here and are ignored.
 * Throws a RangeError for a kind other than text and close where no opcode is given.
 */
export function encodeHybi00(spec: FrameSpec): Uint8Array {
  const type = spec.opcode ?? typeOf[spec.kind ?? "reserved"];
  if (type === undefined) throw new RangeError(`no frame type for kind ${spec.kind ?? "(none given)"} in hybi-00`);
  const payload = spec.payload ?? noBytes;
  const form = spec.lengthForm ?? (type < firstCounted ? "sentinel" : "groups");
  const groups = groupsOf[form];
  if (groups === 0) return Buffer.concat([Buffer.of(type), payload, Buffer.of(sentinel)]);
  const length = spec.declaredLength ?? BigInt(payload.length);
  return Buffer.concat([Buffer.of(type), lengthGroups(length, groups), payload]);
}

function lengthGroups(length: bigint, least: number): Buffer {
  const groups: number[] = [];
  for (let rest = length; rest > 0n || groups.length < least; rest >>= 7n)
    groups.unshift(Number(rest & 0x7fn) | (groups.length === 0 ? 0 : 0x80));
  return Buffer.from(groups);
}

/** Where in a frame the decoder stands. */
type Place = "type" | "length" | "counted" | "sentinel";

/** A decoder of one direction; both ends write alike. Payloads may share the memory of a push. */
export function hybi00Decoder(limits: DecoderLimits = {}): Decoder {
  const limit = limits.maxPayload ?? defaultMaxPayload;
  let place: Place = "type";
  let type = 0;
  let length = 0;
  let lengthSize = 0;
  let padded = false;
  let frameOffset = 0;
  let parts: Gatherer | undefined;
  /** A text has begun of which no byte has been checked. */
  let textBegins = false;
  /** Checks the text; undefined: no text, not begun, or known to be invalid. */
  let text: Utf8Validator | undefined;
  let closed = false;
  let failed = false;
  let ended = false;
  let offset = 0;
  let events: WireEvent[] = [];
  const report = (rule: WireRule, message: string, at = frameOffset) =>
    events.push({ type: "breach", rule, message, offset: at });

  const steps: Record<Place, (chunk: Buffer, at: number, base: number) => number> = {
    type(chunk, at, base) {
      type = chunk[at] as number;
      frameOffset = base + at;
      length = lengthSize = 0;
      padded = false;
      place = type < firstCounted ? "sentinel" : "length";
      if (place === "sentinel") begin(type === typeOf.text ? "text" : "reserved");
      return at + 1;
    },
    length(chunk, at) {
      const group = chunk[at] as number;
      if (lengthSize === 0) padded = group === 0x80;
      lengthSize++;
      length = length * 128 + (group & 0x7f);
      const last = group < 0x80;
      if (last || length > limit) begin(kindOfCounted());
      if (length > limit) tooLarge();
      else if (last && length === 0) finish(noBytes);
      else if (last) place = "counted";
      return at + 1;
    },
    counted(chunk, at) {
      const next = Math.min(chunk.length, at + length - (parts?.length ?? 0));
      take(part(chunk, at, next));
      if (parts?.length === length) finish(parts.take());
      return next;
    },
    sentinel(chunk, at) {
      const found = chunk.indexOf(sentinel, at);
      const room = limit - (parts?.length ?? 0);
      const next = found < 0 ? chunk.length : found;
      const piece = part(chunk, at, Math.min(next, at + room));
      checkText(piece, found >= 0 && !parts);
      if (next - at > room) tooLarge();
      else if (found < 0) take(piece);
      else if (!parts) finish(piece);
      else {
        take(piece);
        finish(parts.take());
      }
      return found < 0 ? next : found + 1;
    },
  };

  const kindOfCounted = (): FrameKind => (type === closeType && length === 0 ? "close" : "reserved");

  function begin(kind: FrameKind): void {
    textBegins = kind === "text" && !closed;
    text = undefined;
    if (kind === "reserved") report("reserved-opcode", `frame type ${type.toString(16)} is reserved`);
    if (kind === "close" && padded) report("close-body-length", "a close other than FF 00");
    if (closed) report("frame-after-close", `${kind} frame after a close`);
  }

  function take(piece: Buffer): void {
    parts ??= gatherer(limit);
    parts.append(piece);
  }

  /** @param alone the piece is all of a text */
  function checkText(piece: Buffer, alone: boolean): void {
    if (textBegins) {
      textBegins = false;
      // Most texts come whole and are valid; where an invalid one goes wrong is another matter.
      if (alone && isUtf8(piece)) return;
      text = utf8Validator();
    }
    const at = text?.push(piece) ?? -1;
    if (at >= 0) badText(frameOffset + 1 + (parts?.length ?? 0) + at);
  }

  function badText(at: number): void {
    text = undefined;
    report("text-utf8", "text is not valid UTF-8", at);
  }

  function tooLarge(): void {
    report("frame-too-large", `more than the ${limit} bytes that are read`);
    parts = undefined;
    failed = true;
  }

  function finish(payload: Buffer): void {
    const counted = type >= firstCounted;
    const size = 1 + (counted ? lengthSize + length : payload.length + 1);
    const kind = counted ? kindOfCounted() : type === typeOf.text ? "text" : "reserved";
    if (text && !text.complete) badText(frameOffset + size - 1);
    const lengthForm = counted ? "groups" : "sentinel";
    const frame: Frame = { kind, opcode: type, fin: true, rsv: 0, lengthForm, payload, offset: frameOffset, size };
    events.push({ type: "frame", frame });
    if (!closed && kind === "text")
      events.push({ type: "message", kind, data: payload, frames: 1, offset: frameOffset });
    if (!closed && kind === "close") events.push({ type: "close", offset: frameOffset });
    closed ||= kind === "close";
    parts = undefined;
    place = "type";
  }

  return {
    get failed() {
      return failed;
    },
    get offset() {
      return offset;
    },
    push(bytes) {
      const base = offset;
      offset += bytes.length;
      const chunk = asBuffer(bytes);
      for (let at = 0; at < chunk.length && !failed; ) at = steps[place](chunk, at, base);
      const taken = events;
      events = [];
      return taken;
    },
    end() {
      const cut = !failed && !ended && place !== "type";
      ended = true;
      if (cut) report("truncated-frame", "the stream ends within a frame");
      return events.splice(0);
    },
  };
}
