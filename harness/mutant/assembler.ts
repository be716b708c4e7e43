/** Joins frames into messages, and lets through untouched what makes no message. */
import type { SeenFrame } from "./types.ts";

export interface Assembled {
  readonly frames: readonly SeenFrame[];
  /** Set when the frames are one whole data message. */
  readonly message?: { readonly binary: boolean; readonly data: Uint8Array };
}

/**
 * Control frames come out at once, before the fragments they stand between. A sequence that RFC 6455 §5.4
 * forbids comes out as loose frames.
 */
export function assembler(): { push(seen: SeenFrame): readonly Assembled[]; rest(): readonly SeenFrame[] } {
  let open: SeenFrame[] = [];

  function rest(): readonly SeenFrame[] {
    const left = open;
    open = [];
    return left;
  }

  function finish(): Assembled {
    const frames = rest();
    const binary = frames[0]?.frame.kind === "binary";
    return { frames, message: { binary, data: Buffer.concat(frames.map((seen) => seen.frame.payload)) } };
  }

  function push(seen: SeenFrame): readonly Assembled[] {
    const { kind, fin } = seen.frame;
    if (kind === "continuation" ? open.length === 0 : kind !== "text" && kind !== "binary") return [{ frames: [seen] }];
    const broken = kind !== "continuation" && open.length > 0 ? [{ frames: rest() }] : [];
    open.push(seen);
    return fin ? [...broken, finish()] : broken;
  }

  return { push, rest };
}
