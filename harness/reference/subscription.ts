import { type Clock, fromMicros, type Instant, toMillisCeil, writeDateTime } from "./date-time.ts";
import type { FilteredContent, NotificationFilter } from "./filter.ts";
import { controlMessage, type StoredEvent } from "./stored-event.ts";
import type { Stream } from "./streams.ts";
import type { Element } from "./xml-tree.ts";
import { type XPathDocument, xpathDocument } from "./xpath.ts";

export interface SubscriptionOptions {
  readonly stream: Stream;
  readonly filter?: NotificationFilter | undefined;
  readonly startTime?: Instant | undefined;
  readonly stopTime?: Instant | undefined;
  /** Whether the user may read an event: asked when it is to be delivered, live or out of the log (RFC 8341 §3.4.6). */
  readonly mayReceive: (content: Element) => boolean;
}

export interface Subscription {
  readonly stream: Stream;
  /** Sends the log and replayComplete where a startTime asks for it; live events follow (RFC 5277 §3.3.2). */
  start(): void;
  offer(event: StoredEvent, filtered: FilteredContent): void;
  end(): void;
}

const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * One subscription. Everything up to replayComplete is sent in one go, with no event able to come
 * between, so log and live events meet without gap and without repetition.
 * @param completed called when stopTime was reached and notificationComplete sent
 */
export function createSubscription(
  options: SubscriptionOptions,
  clock: Clock,
  send: (message: string) => void,
  completed: () => void,
): Subscription {
  const { stream, filter, startTime, stopTime, mayReceive } = options;
  let timer: NodeJS.Timeout | undefined;

  const sendControl = (which: "replayComplete" | "notificationComplete"): void =>
    send(controlMessage(writeDateTime(clock.tick()), which));

  /** The bound is inclusive: only after stopTime is it certain that no event of that instant follows. */
  const finishWhenDue = (stop: Instant): void => {
    if (fromMicros(clock.now()) > stop) {
      sendControl("notificationComplete");
      completed();
      return;
    }
    const wait = toMillisCeil(stop) + 1 - Date.now();
    timer = setTimeout(() => finishWhenDue(stop), Math.min(Math.max(wait, 1), MAX_TIMEOUT));
    timer.unref();
  };

  const deliver = (event: StoredEvent, filtered: FilteredContent): void => {
    if (mayReceive(event.content) && (filter === undefined || filter.passes(filtered))) send(event.message);
  };

  return {
    stream,
    start() {
      if (startTime !== undefined) {
        for (const event of stream.log?.between(startTime, stopTime) ?? []) {
          withDocument(event, (filtered) => deliver(event, filtered));
        }
        sendControl("replayComplete");
      }
      if (stopTime !== undefined) finishWhenDue(stopTime);
    },
    offer(event, filtered) {
      if (startTime !== undefined && event.instant < startTime) return;
      if (stopTime !== undefined && event.instant > stopTime) return;
      deliver(event, filtered);
    },
    end() {
      clearTimeout(timer);
      filter?.dispose();
    },
  };
}

/** Lends an event's content for filtering; its XPath document is made on demand and freed at the end. */
export function withDocument(event: StoredEvent, use: (filtered: FilteredContent) => void): void {
  let made: XPathDocument | undefined;
  const document = (): XPathDocument => {
    made ??= xpathDocument([event.content]);
    return made;
  };
  try {
    use({ content: event.content, document });
  } finally {
    made?.dispose();
  }
}
