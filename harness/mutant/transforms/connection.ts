/** Transforms of the TCP connection. */
import type { End } from "../../wire/types.ts";
import { type FrameSelect, frameSelector } from "../select-frame.ts";
import { type MessageSelect, messageSelector } from "../select-message.ts";
import type { Ending, Hooks, Link, SeenFrame, SeenMessage } from "../types.ts";

export interface EndConnection {
  /** The frame or the message that brings the end. */
  readonly frame?: FrameSelect;
  readonly message?: MessageSelect;
  /** The reset of this end. */
  readonly resetOf?: End;
  /** Bytes of this end in which frame borders are lost. */
  readonly undecodableOf?: End;
  /** `fin`, `reset`, or the code of a close frame. */
  readonly how: Ending;
  /** The end that sees it; default client. */
  readonly to?: End;
  /** False: the frame or message is lost. */
  readonly pass?: boolean;
  /** All other connections are ended in its place. */
  readonly others?: boolean;
}

/** Ends the connection in the place of one end. */
export function endConnection(params: EndConnection, link: Link): Hooks {
  const to = params.to ?? "client";
  const away = (from: End): End => (from === "client" ? "server" : "client");
  function endAll(): void {
    for (const ended of params.others ? link.others() : [link]) ended.end(to, params.how);
  }
  function finish(seen: SeenFrame | SeenMessage): readonly never[] {
    if (params.pass !== false && seen.bytes !== undefined) link.send(away(seen.from), { raw: seen.bytes });
    endAll();
    return [];
  }
  const frames = params.frame && frameSelector(params.frame, link);
  const messages = params.message && messageSelector(params.message, link);
  return {
    ...(params.frame && {
      frames: { [params.frame.from]: (seen: SeenFrame) => (frames?.(seen) ? finish(seen) : undefined) },
    }),
    ...(params.message && {
      messages: { [params.message.from]: (seen: SeenMessage) => (messages?.test(seen) ? finish(seen) : undefined) },
    }),
    ...(params.undecodableOf && {
      undecodable(bytes: Uint8Array, from: End) {
        if (from === params.undecodableOf && bytes.length > 0) endAll();
        return bytes;
      },
    }),
    passed: (what) => messages?.passed(what),
    ended(from, _link, how) {
      if (from === params.resetOf && how === "reset") endAll();
      return true;
    },
  };
}

/**
 * The TCP end of one direction never reaches the other end.
 * @param params.afterClose only where the other end has, or has not, sent its close frame
 */
export function keepOpen(params: { readonly from: End; readonly afterClose?: boolean }): Hooks {
  const other: End = params.from === "client" ? "server" : "client";
  return {
    ended: (from, link) =>
      from !== params.from || (params.afterClose !== undefined && params.afterClose !== link.hasClosed(other)),
  };
}

/**
 * A frame that lacks its last byte when its direction ends is completed with the one byte that makes the payload
 * end in a blank, or the frame end at all, as if it had come whole.
 */
export function completeFrame(params: { readonly from: End }, link: Link): Hooks {
  return {
    undecodable(bytes, from) {
      if (from !== params.from || bytes.length === 0) return bytes;
      for (let last = 255; last >= 0; last--) {
        const whole = Buffer.concat([bytes, Buffer.of(last)]);
        const event = link.dialect
          .decoder(from)
          .push(whole)
          .find((one) => one.type === "frame");
        if (event?.type === "frame" && event.frame.payload.at(-1) === 0x20) return whole;
      }
      return bytes;
    },
  };
}

/** Bytes behind the point where frame borders are lost disappear. */
export function dropUndecodable(params: { readonly from: End }): Hooks {
  return { undecodable: (bytes, from) => (from === params.from ? new Uint8Array() : bytes) };
}
