/**
 * One direction of a TCP connection put together again. All segments are known beforehand, so it is known too which
 * bytes were never captured: what stands behind such a hole is not waited for.
 */
import type { Segment } from "./segment.ts";

/** What came of a segment, in the order of the stream. */
export type Piece =
  | { readonly type: "bytes"; readonly data: Buffer }
  | { readonly type: "lost" }
  | { readonly type: "fin" };

export interface Reassembly {
  /** The pieces that this segment completes: none for a retransmission or one that came too early. */
  take(segment: Segment): Piece[];
  /** The other end has acknowledged up to there: bytes that were never captured are lost. */
  acknowledged(ack: number): Piece[];
}

interface Span {
  readonly begin: number;
  readonly end: number;
}

/**
 * @param segments of this direction, in the order of the capture
 * @param firstAck the first number that the other end acknowledged, where this direction says nothing of its start
 */
export function reassemble(segments: readonly Segment[], firstAck: number | undefined): Reassembly {
  const syn = segments.find((segment) => segment.syn);
  const origin = syn ? syn.seq + 1 : (segments[0]?.seq ?? firstAck ?? 0);
  const placeOf = (seq: number) => (seq - origin) | 0;
  const carrying = segments.filter(({ data, syn: isSyn }) => data.length > 0 && !isSyn);
  const places = carrying.map(({ seq }) => placeOf(seq));
  const captured = joined(carrying.map(({ data }, index) => spanOf(places[index] ?? 0, data.length)));
  const held = new Map<number, Buffer>();
  let next = syn ? 0 : places.reduce((least, place) => Math.min(least, place), places[0] ?? 0);
  let finAt: number | undefined;
  let isEnded = false;

  /** Where bytes begin that are there, from `place` on. */
  const nextCaptured = (place: number) => captured.find(({ end }) => end > place)?.begin ?? Number.POSITIVE_INFINITY;

  function drain(): Piece[] {
    const pieces: Piece[] = [];
    for (;;) {
      const begin = nextCaptured(next);
      const isHole = begin > next && begin !== Number.POSITIVE_INFINITY;
      if (isHole && !held.has(begin)) return pieces;
      if (isHole) {
        pieces.push({ type: "lost" });
        next = begin;
      }
      const data = held.get(next);
      if (data === undefined) break;
      held.delete(next);
      next += data.length;
      pieces.push({ type: "bytes", data });
    }
    if (finAt !== undefined && !isEnded && next >= finAt) {
      isEnded = true;
      pieces.push({ type: "fin" });
    }
    return pieces;
  }

  return {
    take({ seq, data, fin, syn: isSyn, missing }) {
      const begin = placeOf(seq);
      if (data.length > 0 && !isSyn) hold(held, begin, data, next);
      if (fin) finAt ??= begin + data.length + missing;
      return drain();
    },
    acknowledged(ack) {
      const place = placeOf(ack) - (finAt === undefined ? 0 : 1);
      if (isEnded || place <= next || nextCaptured(next) < place) return [];
      next = place;
      return [{ type: "lost" }, ...drain()];
    },
  };
}

/** Keeps what of a segment is new; one that overlaps what is held is cut to what is missing. */
function hold(held: Map<number, Buffer>, begin: number, data: Buffer, next: number): void {
  const skip = Math.max(0, next - begin);
  if (skip >= data.length) return;
  const fresh = data.subarray(skip);
  const place = begin + skip;
  for (const [other, bytes] of held) {
    const isCovered = other <= place && other + bytes.length >= place + fresh.length;
    if (isCovered) return;
    if (other <= place && other + bytes.length > place) {
      const overlap = other + bytes.length - place;
      held.set(place + overlap, fresh.subarray(overlap));
      return;
    }
    if (other > place && other < place + fresh.length) {
      held.set(place, fresh.subarray(0, other - place));
      const behind = other + bytes.length;
      if (behind < place + fresh.length) hold(held, behind, fresh.subarray(behind - place), next);
      return;
    }
  }
  held.set(place, fresh);
}

function spanOf(begin: number, size: number): Span {
  return { begin, end: begin + size };
}

/** Spans in order, those that touch or overlap made one. */
function joined(spans: readonly Span[]): Span[] {
  const list: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.begin - b.begin)) {
    const last = list.at(-1);
    if (last && span.begin <= last.end) list.splice(-1, 1, { begin: last.begin, end: Math.max(last.end, span.end) });
    else list.push(span);
  }
  return list;
}
