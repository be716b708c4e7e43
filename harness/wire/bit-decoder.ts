/** Reads the frames of hybi-06 and RFC 6455 from bytes cut anywhere. */
import { type BitHeader, type BitLayout, clearPiece, emptyHeader, maxHeaderSize, readBitHeader } from "./bit-layout.ts";
import { asBuffer, type Gatherer, gatherer, noBytes } from "./bytes.ts";
import { defaultMaxPayload } from "./limits.ts";
import { type Messages, messages } from "./messages.ts";
import type { Decoder, DecoderLimits, End, Frame, WireEvent } from "./types.ts";

/**
 * A decoder of one direction. The payload of a clear frame that lay whole in one push shares that push's
 * memory; every other payload is a copy. Events of a frame come in this order, whatever the cuts: breaches,
 * the frame, the message or close it completes.
 */
export function bitDecoder(layout: BitLayout, from: End, limits: DecoderLimits = {}): Decoder {
  const limit = limits.maxPayload ?? defaultMaxPayload;
  const header = emptyHeader();
  const scratch = Buffer.alloc(maxHeaderSize);
  let scratchFill = 0;
  let inPayload = false;
  let frameOffset = 0;
  let parts: Gatherer | undefined;
  let offset = 0;
  let failed = false;
  let ended = false;
  let events: WireEvent[] = [];
  const sink: Messages = messages(layout, from, limit, (event) => events.push(event));

  /** Takes header bytes from `at` on; returns where they end. Sets `inPayload` once the header is whole. */
  function takeHeader(chunk: Buffer, at: number, base: number): number {
    if (scratchFill === 0) {
      frameOffset = base + at;
      const size = readBitHeader(layout, from, chunk, at, chunk.length, header);
      if (at + size <= chunk.length) return headerDone(at + size);
    }
    let next = at;
    while (next < chunk.length) {
      const needed = readBitHeader(layout, from, scratch, 0, scratchFill, header);
      const taken = Math.min(needed - scratchFill, chunk.length - next);
      chunk.copy(scratch, scratchFill, next, next + taken);
      scratchFill += taken;
      next += taken;
      if (scratchFill === readBitHeader(layout, from, scratch, 0, scratchFill, header)) return headerDone(next);
    }
    return next;
  }

  function headerDone(next: number): number {
    scratchFill = 0;
    failed = !sink.begin(header, frameOffset);
    inPayload = !failed;
    return next;
  }

  /** Takes payload bytes from `at` on; returns where they end. */
  function takePayload(chunk: Buffer, at: number): number {
    const gathered = parts?.length ?? 0;
    const next = Math.min(chunk.length, at + header.length - gathered);
    const clear = clearPiece(header, chunk, at, next, gathered);
    const whole = clear.length === header.length;
    sink.piece(clear, frameOffset + header.size + gathered, whole && header.fin);
    if (whole) finish(clear);
    else {
      parts ??= gatherer(header.length);
      parts.append(clear);
      if (parts.length === header.length) finish(parts.take());
    }
    return next;
  }

  function finish(payload: Buffer): void {
    parts = undefined;
    inPayload = false;
    sink.finish(frameOf(header, payload, frameOffset));
  }

  function takeEvents(): WireEvent[] {
    const taken = events;
    events = [];
    return taken;
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
      if (failed) return [];
      const chunk = asBuffer(bytes);
      let at = 0;
      while (at < chunk.length && !failed) {
        at = inPayload ? takePayload(chunk, at) : takeHeader(chunk, at, base);
        if (inPayload && header.length === 0) takePayload(noBytes, 0);
      }
      return takeEvents();
    },
    end() {
      const cut = !failed && !ended && (inPayload || scratchFill > 0);
      ended = true;
      return cut
        ? [{ type: "breach", rule: "truncated-frame", message: "the stream ends within a frame", offset: frameOffset }]
        : [];
    },
  };
}

function frameOf(header: BitHeader, payload: Uint8Array, offset: number): Frame {
  const { kind, opcode, fin, rsv, lengthForm } = header;
  const size = header.size + header.length;
  return header.key
    ? { kind, opcode, fin, rsv, key: header.key, lengthForm, payload, offset, size }
    : { kind, opcode, fin, rsv, lengthForm, payload, offset, size };
}
