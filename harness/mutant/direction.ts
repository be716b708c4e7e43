/** One direction of an upgraded connection: bytes in, frames and messages through the hooks, bytes out. */
import type { End } from "../wire/types.ts";
import { type Assembled, assembler } from "./assembler.ts";
import { kindOf } from "./classify.ts";
import { frameReader } from "./frame-reader.ts";
import type { FrameOut, Hooks, Link, SeenFrame, SeenMessage } from "./types.ts";

/** What a direction needs of its connection. */
export interface Outlet {
  write(out: FrameOut): void;
  writeMessage(message: SeenMessage): void;
  /** The rpc that a reply of this text answers. */
  answered(message: SeenMessage): string | undefined;
  /** Told of every message with what became of it. */
  passed(message: SeenMessage, became: readonly SeenMessage[]): void;
  closeSeen(): void;
}

export interface Direction {
  push(bytes: Uint8Array): void;
  /** The direction ended: gives out what was held back. */
  end(): void;
}

export function direction(from: End, hooks: readonly Hooks[], link: Link, outlet: Outlet): Direction {
  const frameHooks = hooks.flatMap((hook) => hook.frames?.[from] ?? []);
  const messageHooks = hooks.flatMap((hook) => hook.messages?.[from] ?? []);
  const reader = frameReader(link.dialect, from);
  const messages = assembler();
  // Where nobody changes frames or messages, segments go on as they come and are only looked at.
  const watched = from === "server" && hooks.some((hook) => hook.replies);
  const cutting = hooks.some((hook) => hook.undecodable !== undefined);
  const transparent = frameHooks.length === 0 && messageHooks.length === 0 && !watched && !cutting;
  const holding = messageHooks.length > 0;
  let segment = 0;

  function framesAfterHooks(seen: SeenFrame): readonly FrameOut[] {
    let outs: readonly FrameOut[] = [seen];
    for (const hook of frameHooks) outs = outs.flatMap((out) => ("frame" in out ? (hook(out, link) ?? [out]) : [out]));
    return outs;
  }

  function messagesAfterHooks(message: SeenMessage): readonly SeenMessage[] {
    let outs: readonly SeenMessage[] = [message];
    for (const hook of messageHooks) outs = outs.flatMap((out) => hook(out, link) ?? [out]);
    return outs;
  }

  function release(): void {
    for (const hook of hooks) for (const message of hook.release?.(from, link) ?? []) outlet.writeMessage(message);
  }

  function handle({ frames, message }: Assembled): void {
    const last = frames.at(-1);
    if (message === undefined || last === undefined) {
      if (frames.some((seen) => seen.frame.kind === "close")) closing(frames);
      else if (holding) for (const seen of frames) outlet.write(seen);
      return;
    }
    const text = Buffer.from(message.data).toString("utf8");
    const plain = { from, kind: kindOf(text), binary: message.binary, text, segment: last.segment };
    const bytes = Buffer.concat(frames.map((seen) => seen.bytes));
    const answers = outlet.answered(plain);
    const seen: SeenMessage = { ...plain, bytes, ...(answers === undefined ? {} : { answers }) };
    const became = messagesAfterHooks(seen);
    if (holding) for (const out of became) outlet.writeMessage(out);
    outlet.passed(seen, became);
  }

  function closing(frames: readonly SeenFrame[]): void {
    release();
    if (holding) for (const seen of frames) outlet.write(seen);
  }

  function feed(seen: SeenFrame): void {
    if (seen.frame.kind === "close") outlet.closeSeen();
    for (const out of transparent ? [seen] : framesAfterHooks(seen)) {
      if (!("frame" in out)) outlet.write(out);
      else {
        if (!holding && !transparent) outlet.write(out);
        for (const assembled of messages.push(out)) handle(assembled);
      }
    }
  }

  function undecodable(bytes: Uint8Array): void {
    if (!transparent)
      outlet.write({ raw: hooks.reduce((left, hook) => hook.undecodable?.(left, from) ?? left, bytes) });
  }

  function letGo(): void {
    if (holding) for (const seen of messages.rest()) outlet.write(seen);
    undecodable(reader.rest());
  }

  return {
    push(bytes) {
      if (transparent) outlet.write({ raw: bytes });
      if (reader.failed) {
        undecodable(bytes);
        return;
      }
      for (const seen of reader.push(bytes, segment++)) feed(seen);
      for (const hook of hooks) for (const out of hook.segmentEnd?.(from, link) ?? []) outlet.write(out);
      if (reader.failed) letGo();
    },
    end() {
      release();
      letGo();
    },
  };
}
