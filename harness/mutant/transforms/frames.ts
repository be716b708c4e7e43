/** Transforms of single frames, in either direction. */
import type { FrameSpec } from "../../wire/types.ts";
import { type FrameSelect, frameSelector } from "../select-frame.ts";
import type { Ending, FrameOut, Hooks, Link, SeenFrame } from "../types.ts";
import {
  bitsOf,
  changedPayload,
  type FrameLiteral,
  frameOf,
  type PayloadChange,
  type Splice,
  specOf,
  splices,
} from "./payload.ts";

function onFrames(select: FrameSelect, link: Link, change: (seen: SeenFrame) => readonly FrameOut[]): Hooks {
  const selector = frameSelector(select, link);
  return { frames: { [select.from]: (seen: SeenFrame) => (selector(seen) ? change(seen) : undefined) } };
}

export interface AlterFrame extends FrameSelect {
  readonly set?: Omit<FrameLiteral, "raw" | "text" | "hex" | "size">;
  readonly change?: PayloadChange;
  readonly splice?: Splice;
}

/** Changes bits, length form, masking or payload. An empty change writes the length in its shortest form. */
export function alterFrame(params: AlterFrame, link: Link): Hooks {
  return onFrames(params, link, (seen) => {
    const kept = specOf(seen);
    // A kind of its own replaces the opcode that came.
    const { opcode, ...rest } = kept;
    const base: FrameSpec = params.set?.kind === undefined ? kept : rest;
    const payload = params.change === undefined ? seen.frame.payload : changedPayload(params.change, seen);
    return [{ spec: { ...base, ...bitsOf(params.set ?? {}, link), payload }, ...splices(params.splice) }];
  });
}

export function dropFrame(params: FrameSelect, link: Link): Hooks {
  return onFrames(params, link, () => []);
}

/** @param params.times how often the frame comes in all, default 2 */
export function repeatFrame(params: FrameSelect & { readonly times?: number }, link: Link): Hooks {
  return onFrames(params, link, (seen) => Array.from({ length: params.times ?? 2 }, () => seen));
}

/** Puts a frame before or behind (default) one that comes by. */
export function insertFrame(
  params: FrameSelect & { readonly place?: "before" | "behind"; readonly frame: FrameLiteral },
  link: Link,
): Hooks {
  return onFrames(params, link, (seen) => {
    const extra = frameOf(params.frame, link);
    return params.place === "before" ? [extra, seen] : [seen, extra];
  });
}

export interface AnswerFrame extends FrameSelect {
  readonly frame: FrameLiteral;
  /** The answer repeats the payload. */
  readonly same?: boolean;
  /** The frame goes on all the same. */
  readonly pass?: boolean;
  /** The connection ends behind the answer. */
  readonly end?: Ending;
}

/** Answers a frame in the other end's place. */
export function answerFrame(params: AnswerFrame, link: Link): Hooks {
  return onFrames(params, link, (seen) => {
    link.send(params.from, params.same ? frameOf(params.frame, link, seen.frame.payload) : frameOf(params.frame, link));
    if (params.end !== undefined) link.end(params.from, params.end);
    return params.pass ? [seen] : [];
  });
}

export interface FragmentFrame extends FrameSelect {
  /** Number of fragments, default 2. */
  readonly parts?: number;
  /** Opcode of the second and later ones: continuation (default), or that of the first. */
  readonly later?: "continuation" | "same";
  /** False: the first fragment is a continuation too. */
  readonly start?: boolean;
  /** False: no fragment has FIN. */
  readonly finish?: boolean;
  /** Each later fragment begins with this many bytes of the one before. */
  readonly overlap?: number;
  /** 1-based number of a fragment that is lost. */
  readonly lose?: number;
  /** Frame put between the first two. */
  readonly between?: FrameLiteral;
}

/** Cuts an unfragmented frame into fragments, legally or not. */
export function fragmentFrame(params: FragmentFrame, link: Link): Hooks {
  return onFrames(params, link, (seen) => {
    const { payload, opcode } = seen.frame;
    const parts = params.parts ?? 2;
    const size = Math.max(1, Math.ceil(payload.length / parts));
    const outs: FrameOut[] = [];
    for (let part = 0; part < parts; part++) {
      const from = Math.max(0, part * size - (part === 0 ? 0 : (params.overlap ?? 0)));
      const chunk = payload.subarray(from, (part + 1) * size);
      const asFirst = part === 0 ? params.start !== false : params.later === "same";
      const spec: FrameSpec = { ...(asFirst ? { opcode } : { kind: "continuation" as const }), payload: chunk };
      const fin = part === parts - 1 && params.finish !== false;
      if (params.lose !== part + 1) outs.push({ spec: { ...spec, fin, mask: seen.frame.key ?? false } });
      if (part === 0 && params.between !== undefined) outs.push(frameOf(params.between, link));
    }
    return outs;
  });
}

/** A frame changes places with the next one, where both came in one TCP segment. */
export function swapFrame(params: FrameSelect, link: Link): Hooks {
  const selector = frameSelector(params, link);
  let held: SeenFrame | undefined;
  const take = (): readonly SeenFrame[] => {
    const frame = held;
    held = undefined;
    return frame ? [frame] : [];
  };
  return {
    frames: {
      [params.from]: (seen: SeenFrame) => {
        if (held !== undefined) return [seen, ...take()];
        if (!selector(seen)) return undefined;
        held = seen;
        return [];
      },
    },
    segmentEnd: (from) => (from === params.from ? take() : []),
  };
}
