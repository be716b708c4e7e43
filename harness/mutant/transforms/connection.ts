/** Transforms of the TCP connection. */
import type { End } from "../../wire/types.ts";
import { type FrameSelect, frameSelector, type MessageSelect, messageSelector } from "../select.ts";
import type { Ending, Hooks, Link, SeenFrame, SeenMessage } from "../types.ts";

export interface EndConnection {
  /** The frame or the message that brings the end. */
  readonly frame?: FrameSelect;
  readonly message?: MessageSelect;
  /** `fin`, `reset`, or the code of a close frame. */
  readonly how: Ending;
  /** The end that sees it; default client. */
  readonly to?: End;
  /** False: the frame or message is lost. */
  readonly pass?: boolean;
}

/** Ends the connection in the place of one end. */
export function endConnection(params: EndConnection, link: Link): Hooks {
  const to = params.to ?? "client";
  const away = (from: End): End => (from === "client" ? "server" : "client");
  function finish(seen: SeenFrame | SeenMessage): readonly never[] {
    if (params.pass !== false && seen.bytes !== undefined) link.send(away(seen.from), { raw: seen.bytes });
    link.end(to, params.how);
    return [];
  }
  const frames = params.frame && frameSelector(params.frame, link);
  const messages = params.message && messageSelector(params.message, link);
  return {
    ...(params.frame && {
      frames: { [params.frame.from]: (seen: SeenFrame) => (frames?.test(seen) ? finish(seen) : undefined) },
    }),
    ...(params.message && {
      messages: { [params.message.from]: (seen: SeenMessage) => (messages?.test(seen) ? finish(seen) : undefined) },
    }),
    passed: (what) => messages?.passed(what),
  };
}

/** The TCP end of one direction never reaches the other end. */
export function keepOpen(params: { readonly from: End }): Hooks {
  return { ended: (from) => from !== params.from };
}
