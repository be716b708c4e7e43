import { type AccessControl, noAccessControl } from "./access-control.ts";
import { createBaseEvents } from "./base-events.ts";
import { confirmedCommits } from "./confirmed-commit.ts";
import { createDatastores } from "./datastore.ts";
import { createClock } from "./date-time.ts";
import { EVENT, type Feature } from "./names.ts";
import { createNotifier } from "./notifier.ts";
import type { Device, Locks } from "./operations/types.ts";
import { createSession, type Session } from "./session.ts";
import { createStreams } from "./streams.ts";
import type { EmitOptions, Engine } from "./types.ts";
import { type Element, element, isXmlText } from "./xml-tree.ts";

export interface EngineOptions {
  /** Events kept for replay, per stream; default 400. */
  readonly logCapacity?: number;
  /** Wall clock in milliseconds since 1970; default the machine's. */
  readonly wall?: () => number;
  /** Features that it lacks; default none. */
  readonly without?: readonly Feature[];
  /** Default: everybody may do everything. */
  readonly access?: AccessControl;
}

/** Close code for a session the server ends without the client's asking (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001;
const MAX_SESSION_ID = 4294967295;

/** Makes a NETCONF server without transport; every call runs to its end before it returns. */
export function createEngine(options: EngineOptions = {}): Engine {
  const { logCapacity = 400, wall = Date.now, without = [], access = noAccessControl } = options;
  const clock = createClock(wall);
  const streams = createStreams(clock, logCapacity);
  const notifier = createNotifier(clock, streams);
  const baseEvents = createBaseEvents(notifier);
  const locks: Locks = new Map();
  const sessions = new Map<number, Session>();
  let lastId = 0;
  let sequence = 0;

  const emit = (event: EmitOptions): void => {
    notifier.publish(eventContent(event, sequence + 1), event.stream, event.eventTime);
    sequence++;
  };

  const kill = (id: number, killer: number): boolean => {
    const session = sessions.get(id);
    session?.terminate({ reason: "killed", killedBy: killer }, GOING_AWAY, `killed by session ${killer}`);
    return session !== undefined;
  };

  const datastores = createDatastores();
  const commits = confirmedCommits(datastores, baseEvents);
  const lacking = new Set(without);
  const shared = { clock, datastores, locks, commits, streams, notifier };
  const device: Device = { ...shared, baseEvents, access, emit, kill, lacking };

  const freshId = (): number => {
    do lastId = lastId >= MAX_SESSION_ID ? 1 : lastId + 1;
    while (sessions.has(lastId));
    return lastId;
  };

  return {
    open(peer) {
      const id = freshId();
      const session = createSession(id, peer, device, () => sessions.delete(id));
      sessions.set(id, session);
      return session;
    },
    emit,
    resetLog() {
      for (const stream of streams.values()) stream.log?.reset();
    },
    ageOut(keep) {
      for (const stream of streams.values()) stream.log?.ageOut(keep);
    },
    restart() {
      for (const session of [...sessions.values()]) session.terminate({ reason: "other" }, GOING_AWAY, "restart");
    },
  };
}

/** @throws RangeError when there is no such event, or a text cannot stand in XML */
function eventContent(options: EmitOptions, sequence: number): Element {
  const { type = "event", token, eventClass, card, severity, operState } = options;
  if (type !== "event" && type !== "guarded-event") throw new RangeError(`There is no event ${type}.`);
  const leaf = (name: string, text: string | undefined): Element[] => {
    if (text === undefined) return [];
    if (!isXmlText(text)) throw new RangeError(`${name} holds a character that XML does not allow.`);
    return [element(EVENT, name, text)];
  };
  return element(
    EVENT,
    type,
    ...leaf("token", token),
    ...leaf("sequence", String(sequence)),
    ...leaf("eventClass", eventClass),
    ...(card === undefined ? [] : [element(EVENT, "reportingEntity", ...leaf("card", card))]),
    ...leaf("severity", severity),
    ...leaf("operState", operState),
  );
}
