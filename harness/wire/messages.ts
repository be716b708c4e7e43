/**
 * What the frames of one direction add up to: messages joined from fragments, the close, and the rules that
 * concern more than the bytes of one header. Shared by hybi-06 and RFC 6455.
 */
import { isUtf8 } from "node:buffer";
import type { BitHeader, BitLayout } from "./bit-layout.ts";
import { type Gatherer, gatherer } from "./bytes.ts";
import { readCloseBody } from "./close-body.ts";
import type { End, Frame, WireEvent, WireRule } from "./types.ts";
import { type Utf8Validator, utf8Validator } from "./utf8.ts";

export type Emit = (event: WireEvent) => void;

export interface Messages {
  /**
   * A header is there. Reports what it breaks.
   * @returns false where the frame cannot be passed over: the decoder has failed
   */
  begin(header: BitHeader, offset: number): boolean;
  /**
   * Clear payload bytes as they come, from which text is checked.
   * @param alone they are all of a final frame
   */
  piece(bytes: Uint8Array, offset: number, alone: boolean): void;
  /** The frame is whole. */
  finish(frame: Frame): void;
}

/** A message of which fragments are still to come. */
interface Open {
  readonly kind: "text" | "binary";
  readonly offset: number;
  readonly parts: Gatherer;
  /** Undefined where it is no text, or is known to be invalid. */
  text: Utf8Validator | undefined;
  frames: number;
}

const controlLimit = 125;

function isControl({ kind }: BitHeader): boolean {
  return kind === "close" || kind === "ping" || kind === "pong";
}

/** @param limit largest frame and largest message, bytes */
export function messages(layout: BitLayout, from: End, limit: number, emit: Emit): Messages {
  let open: Open | undefined;
  let closed = false;
  /** The current frame begins a text of which no byte has been checked. */
  let textBegins = false;
  /** Checks the text that the current frame carries; undefined: no text, not begun, or known to be invalid. */
  let text: Utf8Validator | undefined;
  const breach = (rule: WireRule, message: string, offset: number): void =>
    emit({ type: "breach", rule, message, offset });

  function begin(header: BitHeader, offset: number): boolean {
    reportHeader(layout, from, header, offset, breach);
    if (closed && layout.endedByClose.has(header.kind))
      breach("frame-after-close", `${header.kind} frame after a close`, offset);
    if (header.topBit) {
      breach("length-top-bit", "the top bit of the 64-bit length is set", offset);
      return false;
    }
    const held = open && !(isControl(header) && header.length <= controlLimit) ? open.parts.length : 0;
    if (header.length + held > limit) {
      breach("frame-too-large", `${header.length + held} bytes, more than the ${limit} that are read`, offset);
      return false;
    }
    textBegins = false;
    text = undefined;
    if (!closed) place(header, offset);
    return true;
  }

  /** How a frame stands to the message that may be open (RFC 6455 §5.4). */
  function place(header: BitHeader, offset: number): void {
    if (header.kind === "continuation") {
      if (open) text = open.text;
      else breach("continuation-without-start", "continuation frame with no message open", offset);
    } else if (header.kind === "text" || header.kind === "binary") {
      if (open) breach("data-inside-message", `${header.kind} frame inside a message that is still open`, offset);
      textBegins = header.kind === "text";
    }
  }

  function badText(offset: number): void {
    if (open && open.text === text) open.text = undefined;
    text = undefined;
    breach("text-utf8", "text is not valid UTF-8", offset);
  }

  function piece(bytes: Uint8Array, offset: number, alone: boolean): void {
    if (textBegins) {
      textBegins = false;
      // Most texts come whole and are valid; where an invalid one goes wrong is another matter.
      if (alone && isUtf8(bytes)) return;
      text = utf8Validator();
    }
    if (!text) return;
    const at = text.push(bytes);
    if (at >= 0) badText(offset + at);
  }

  function finish(frame: Frame): void {
    if (text && frame.fin && !text.complete) badText(frame.offset + frame.size);
    if (frame.kind === "close") finishClose(frame);
    else {
      emit({ type: "frame", frame });
      if (!closed) join(frame);
    }
  }

  function finishClose(frame: Frame): void {
    const body = readCloseBody(frame, layout.closeCodes);
    for (const [rule, message] of body.breaches) breach(rule, message, frame.offset);
    emit({ type: "frame", frame });
    if (closed) return;
    closed = true;
    open = undefined;
    emit({ type: "close", ...body.facts, offset: frame.offset });
  }

  function join(frame: Frame): void {
    if (frame.kind === "text" || frame.kind === "binary") {
      const { kind, payload, offset } = frame;
      if (frame.fin) emit({ type: "message", kind, data: payload, frames: 1, offset });
      else {
        open = { kind, offset, parts: gatherer(limit), text, frames: 1 };
        open.parts.append(payload);
      }
    } else if (frame.kind === "continuation" && open) {
      open.parts.append(frame.payload);
      open.frames++;
      if (!frame.fin) return;
      const { kind, parts, frames, offset } = open;
      open = undefined;
      emit({ type: "message", kind, data: parts.take(), frames, offset });
    }
  }

  return { begin, piece, finish };
}

/** The rules that one header can break by itself. */
function reportHeader(
  layout: BitLayout,
  from: End,
  header: BitHeader,
  offset: number,
  breach: (rule: WireRule, message: string, offset: number) => void,
): void {
  const { kind, rsv, length } = header;
  if (rsv !== 0) breach("reserved-bits", `reserved bits ${rsv.toString(2)} are set`, offset);
  if (kind === "reserved") breach("reserved-opcode", `opcode ${header.opcode.toString(16)} is reserved`, offset);
  if (isControl(header)) {
    if (!header.fin) breach("control-fragmented", `${kind} frame without FIN`, offset);
    if (length > controlLimit) breach("control-length", `${kind} frame of ${length} bytes`, offset);
  }
  if (layout.maskBit !== 0) {
    if (from === "client" && !header.key) breach("mask-required", "a client's frame is not masked", offset);
    if (from === "server" && header.key) breach("mask-forbidden", "a server's frame is masked", offset);
  }
  if (!header.minimal)
    breach("length-minimal", `length ${length} is written in the ${header.lengthForm}-bit form`, offset);
}
