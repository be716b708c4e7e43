import { type Clock, fromMicros, readDateTime, writeDateTime } from "./date-time.ts";
import { notificationMessage, type StoredEvent } from "./stored-event.ts";
import { DEFAULT_STREAM, type Streams } from "./streams.ts";
import { createSubscription, type Subscription, type SubscriptionOptions, withDocument } from "./subscription.ts";
import type { Element } from "./xml-tree.ts";

/** Brings events to the logs and to the subscriptions of all sessions. */
export interface Notifier {
  /**
   * Puts an event on the stream NETCONF and on `stream`.
   * @param eventTime generation time, default now
   * @throws RangeError for an unknown stream or a time that is no date-time
   */
  publish(content: Element, stream?: string, eventTime?: string): void;
  isSubscribed(session: number): boolean;
  /** Prepares the one subscription a session may have; the function returned starts it. */
  subscribe(session: number, send: (message: string) => void, options: SubscriptionOptions): () => void;
  unsubscribe(session: number): void;
}

export function createNotifier(clock: Clock, streams: Streams): Notifier {
  const subscriptions = new Map<number, Subscription>();

  const unsubscribe = (session: number): void => {
    subscriptions.get(session)?.end();
    subscriptions.delete(session);
  };

  return {
    publish(content, stream = DEFAULT_STREAM, eventTime) {
      const carriers = new Set([streams.get(DEFAULT_STREAM), streams.get(stream)]);
      if (!streams.has(stream)) throw new RangeError(`There is no stream ${stream}.`);
      const event = storedEvent(content, clock, eventTime);
      for (const carrier of carriers) carrier?.log?.append(event);
      withDocument(event, (filtered) => {
        for (const subscription of [...subscriptions.values()]) {
          if (carriers.has(subscription.stream)) subscription.offer(event, filtered);
        }
      });
    },
    isSubscribed: (session) => subscriptions.has(session),
    subscribe(session, send, options) {
      const subscription = createSubscription(options, clock, send, () => unsubscribe(session));
      return () => {
        subscriptions.set(session, subscription);
        subscription.start();
      };
    },
    unsubscribe,
  };
}

function storedEvent(content: Element, clock: Clock, given: string | undefined): StoredEvent {
  if (given !== undefined) {
    const instant = readDateTime(given);
    if (instant === undefined) throw new RangeError("eventTime is no date and time with a zone.");
    return { instant, eventTime: given, content, message: notificationMessage(given, content) };
  }
  const micros = clock.tick();
  const eventTime = writeDateTime(micros);
  return { instant: fromMicros(micros), eventTime, content, message: notificationMessage(eventTime, content) };
}
