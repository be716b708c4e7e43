/** What the suite puts on the wire: recorded, cut into segments, each waited for as long as the peer may take. */
import type net from "node:net";
import type { End } from "../wire/types.ts";
import { startDeadline } from "./deadline.ts";
import type { Recorder } from "./recorder.ts";
import { type Cut, segmentsOf } from "./segments.ts";

export interface SendOptions {
  readonly cut?: Cut | undefined;
}

export interface OutletOptions {
  readonly name: string;
  /** The end that sends. */
  readonly from: End;
  readonly recorder: Recorder;
  /** Milliseconds for the peer to take a segment; after them the rest is sent, whatever it has taken. */
  readonly deadline: number;
}

/** Sends bytes; resolves when they have left us, or the peer has not taken them in time. */
export type Outlet = (bytes: Uint8Array, options?: SendOptions) => Promise<void>;

/** Pause between two segments that shall not be read as one; there is no event that tells when a peer has read. */
const segmentGapMs = 1;

export function openOutlet(socket: net.Socket, { name, from, recorder, deadline }: OutletOptions): Outlet {
  /** While something goes out in several segments. */
  let cutting: Promise<void> | undefined;
  /** The peer has let a deadline pass without taking what was sent. */
  let stuck = false;

  /** Of a peer that takes nothing a deadline is waited for only once. */
  const taken = (segment: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      const giveUp = () => {
        stuck = true;
        resolve();
      };
      const cancel = stuck ? resolve : startDeadline(deadline, giveUp);
      if (stuck) resolve();
      socket.write(segment, () => {
        stuck = false;
        cancel();
        resolve();
      });
    });

  const sendSegments = async (segments: readonly Uint8Array[]): Promise<void> => {
    for (const [index, segment] of segments.entries()) {
      if (socket.destroyed || socket.writableEnded) return;
      recorder.add({ type: "bytes", conn: name, from, data: segment });
      await taken(segment);
      if (index < segments.length - 1) await gap(segments.length);
    }
  };

  /** What goes out in several segments is let through first: no automatic answer gets between them. */
  const send: Outlet = (bytes, options = {}) => {
    if (cutting !== undefined) return cutting.then(() => send(bytes, options));
    const segments = segmentsOf(bytes, options.cut);
    const sent = sendSegments(segments);
    if (segments.length === 1) return sent;
    cutting = sent.then(() => {
      cutting = undefined;
    });
    return cutting;
  };
  return send;
}

function gap(segments: number): Promise<void> {
  return new Promise((resolve) => {
    if (segments <= 32) setTimeout(resolve, segmentGapMs);
    else setImmediate(resolve);
  });
}
