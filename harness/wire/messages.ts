/**
 * What the frames of one direction add up to: messages joined from fragments, the close, and the rules that
 * concern more than the bytes of one header. Shared by hybi-06 and RFC 6455.
 */
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
  /** Clear payload bytes as they come, from which text is checked. */
  piece(bytes: Uint8Array, offset: number): void;
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

const control: ReadonlySet<string> = new Set(["close", "ping", "pong"]);
const controlLimit = 125;

/** @param limit largest frame and largest message, bytes */
export function messages(layout: BitLayout, from: End, limit: number, emit: Emit): Messages {
  let open: Open | undefined;
  let closed = false;
  /** Checks the text that the current frame carries; undefined: no text, or known to be invalid. */
  let text: Utf8Validator | undefined;
  const breach = (rule: WireRule, message: string, offset: number) => emit({ type: "breach", rule, message, offset });

  function begin(header: BitHeader, offset: number): boolean {
    const report = (rule: WireRule, message: string) => breach(rule, message, offset);
    reportHeader(layout, from, header, report);
    if (closed && layout.endedByClose.has(header.kind))
      report("frame-after-close", `${header.kind} frame after a close`);
    if (header.topBit) {
      report("length-top-bit", "the top bit of the 64-bit length is set");
      return false;
    }
    const held = control.has(header.kind) && header.length <= controlLimit ? 0 : (open?.parts.length ?? 0);
    if (header.length + held > limit) {
      report("frame-too-large", `${header.length + held} bytes, more than the ${limit} that are read`);
      return false;
    }
    text = undefined;
    if (!closed) place(header, report);
    return true;
  }

  /** How a frame stands to the message that may be open (RFC 6455 §5.4). */
  function place(header: BitHeader, report: (rule: WireRule, message: string) => void): void {
    if (header.kind === "continuation") {
      if (open) text = open.text;
      else report("continuation-without-start", "continuation frame with no message open");
    } else if (header.kind === "text" || header.kind === "binary") {
      if (open) report("data-inside-message", `${header.kind} frame inside a message that is still open`);
      text = header.kind === "text" ? utf8Validator() : undefined;
    }
  }

  function badText(offset: number): void {
    if (open && open.text === text) open.text = undefined;
    text = undefined;
    breach("text-utf8", "text is not valid UTF-8", offset);
  }

  function piece(bytes: Uint8Array, offset: number): void {
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
  report: (rule: WireRule, message: string) => void,
): void {
  if (header.rsv !== 0) report("reserved-bits", `reserved bits ${header.rsv.toString(2)} are set`);
  if (header.kind === "reserved") report("reserved-opcode", `opcode ${header.opcode.toString(16)} is reserved`);
  if (control.has(header.kind)) {
    if (!header.fin) report("control-fragmented", `${header.kind} frame without FIN`);
    if (header.length > controlLimit) report("control-length", `${header.kind} frame of ${header.length} bytes`);
  }
  if (layout.maskBit !== 0 && from === "client" && !header.key)
    report("mask-required", "a client's frame is not masked");
  if (layout.maskBit !== 0 && from === "server" && header.key) report("mask-forbidden", "a server's frame is masked");
  if (!header.minimal)
    report("length-minimal", `length ${header.length} is written in the ${header.lengthForm}-bit form`);
}
