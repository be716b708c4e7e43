import type { Clock, Instant } from "./date-time.ts";
import type { StoredEvent } from "./stored-event.ts";

/** The log of one stream: bounded, in the order in which events entered the stream. */
export interface ReplayLog {
  append(event: StoredEvent): void;
  /** Events generated within the window, both bounds included (RFC 5277 §2.1.1). */
  between(from: Instant, to: Instant | undefined): StoredEvent[];
  /** Forgets all events; the log counts as created anew. */
  reset(): void;
  /** Forgets all but the newest, as if the log were full. */
  ageOut(keep: number): void;
  /** Microseconds since 1970. */
  readonly createdAt: bigint;
  /** eventTime of the latest event aged out, if any was (RFC 5277 §3.4). */
  readonly agedTime: string | undefined;
}

/** @param capacity greatest number of events kept */
export function createReplayLog(clock: Clock, capacity: number): ReplayLog {
  let events: StoredEvent[] = [];
  let first = 0;
  let createdAt = clock.tick();
  let agedTime: string | undefined;
  const ageOut = (keep: number): void => {
    if (events.length - first <= keep) return;
    first = events.length - keep;
    agedTime = events[first - 1]?.eventTime;
    if (first >= capacity) {
      events = events.slice(first);
      first = 0;
    }
  };
  return {
    append(event) {
      events.push(event);
      ageOut(capacity);
    },
    ageOut,
    between: (from, to) =>
      events.slice(first).filter(({ instant }) => instant >= from && (to === undefined || instant <= to)),
    reset() {
      events = [];
      first = 0;
      agedTime = undefined;
      createdAt = clock.tick();
    },
    get createdAt() {
      return createdAt;
    },
    get agedTime() {
      return agedTime;
    },
  };
}
