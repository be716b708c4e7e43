/** The vocabulary of `judge`: every named check. */
import type { Check } from "../check-types.ts";
import { eventTimes, events, filtered, ordered, replyFirst, sameEvents, sequence } from "./events.ts";
import { field, headBefore, notUpgraded, refused, upgraded } from "./handshake.ts";
import { ended, error, noData, noReply, ok, replied, repliesOrdered, same, streams, xml } from "./rpc.ts";
import { closeAnswered, closeCode, closed, closeFrame, closes, failed, noFrame, notDelivered, pong, silent, tcpClosed, waitsForClose } from "./transport.ts";

export const checks: Readonly<Record<string, Check>> = {
  upgraded,
  refused,
  "not-upgraded": notUpgraded,
  field,
  "head-before": headBefore,
  pong,
  "no-frame": noFrame,
  failed,
  closed,
  "close-answered": closeAnswered,
  "close-frame": closeFrame,
  "close-code": closeCode,
  closes,
  "tcp-closed": tcpClosed,
  "waits-for-close": waitsForClose,
  "not-delivered": notDelivered,
  silent,
  replied,
  ok,
  error,
  "no-reply": noReply,
  "no-data": noData,
  ended,
  "replies-ordered": repliesOrdered,
  xml,
  same,
  streams,
  events,
  ordered,
  sequence,
  filtered,
  "same-events": sameEvents,
  "event-times": eventTimes,
  "reply-first": replyFirst,
};
