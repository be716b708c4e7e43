/** Cuts the bytes of one direction into frames that keep their own bytes. */
import type { Dialect, End, Frame } from "../wire/types.ts";
import type { SeenFrame } from "./types.ts";

/** Far above what any case sends, so that the reader is never the one that gives up. */
const MAX_PAYLOAD = 64 * 1024 * 1024;

export interface FrameReader {
  /** Whole frames, in order. Bytes of a frame that is not whole yet stay here. */
  push(bytes: Uint8Array, segment: number): readonly SeenFrame[];
  /** Takes out what is left over. */
  rest(): Uint8Array;
  /** Frame borders are lost: everything from now on has to pass as it is. */
  readonly failed: boolean;
}

export function frameReader(dialect: Dialect, from: End): FrameReader {
  const decoder = dialect.decoder(from, { maxPayload: MAX_PAYLOAD });
  let pending: Uint8Array = new Uint8Array();
  let base = 0;
  let inside = false;
  /** Stream offset at which each segment that still matters began. */
  let starts: { readonly at: number; readonly segment: number }[] = [];

  function take(frame: Frame): SeenFrame {
    // From the end of the frame before, so that nothing is ever lost between two frames.
    const end = frame.offset + frame.size;
    const bytes = pending.subarray(0, end - base);
    const within = starts.filter(({ at }) => at < end);
    const cuts = within.flatMap(({ at }) => (at > base ? [at - base] : []));
    const coalesced = base > 0 && within.every(({ at }) => at !== base);
    pending = pending.subarray(bytes.length);
    base = end;
    starts = [...within.slice(-1), ...starts.filter(({ at }) => at >= end)];
    const seen = { from, frame, bytes, segment: within.at(-1)?.segment ?? 0, cuts, coalesced, inside };
    if (isData(frame)) inside = !frame.fin;
    return seen;
  }

  return {
    push(bytes, segment) {
      starts.push({ at: base + pending.length, segment });
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      return decoder.push(bytes).flatMap((event) => (event.type === "frame" ? [take(event.frame)] : []));
    },
    rest() {
      const left = pending;
      base += left.length;
      pending = new Uint8Array();
      return left;
    },
    get failed() {
      return decoder.failed;
    },
  };
}

function isData(frame: Frame): boolean {
  return frame.kind === "text" || frame.kind === "binary" || frame.kind === "continuation";
}
