/** Commits that are undone unless they are confirmed in time (RFC 6241 §8.4). */
import type { BaseEvents, SessionFacts } from "./base-events.ts";
import type { Datastores } from "./datastore.ts";
import type { Element } from "./xml-tree.ts";

export interface ConfirmedCommits {
  /** The one that waits to be confirmed. */
  readonly pending: Pending | undefined;
  /**
   * A commit that waits, or waits on.
   * @param before running as it was before that commit
   * @param seconds after which it is undone
   */
  hold(session: SessionFacts, before: readonly Element[], seconds: number, persist: string | undefined): void;
  /** The confirming commit has come. */
  complete(session: SessionFacts): void;
  /** Undoes it, as a session asked for or by its end. */
  cancel(session: SessionFacts): void;
  /** A session is over: without `persist` its commit goes with it. */
  sessionEnded(session: SessionFacts): void;
}

export interface Pending {
  /** The session that made it. */
  readonly session: number;
  /** Who knows this may confirm it from another session. */
  readonly persist: string | undefined;
}

const MAX_TIMEOUT = 2 ** 31 - 1;

export function confirmedCommits({ running, candidate }: Datastores, baseEvents: BaseEvents): ConfirmedCommits {
  let pending: (Pending & { readonly before: readonly Element[]; readonly timer: NodeJS.Timeout }) | undefined;

  const settle = (): readonly Element[] | undefined => {
    clearTimeout(pending?.timer);
    const before = pending?.before;
    pending = undefined;
    return before;
  };

  /** @param session who undoes it; the server itself when undefined */
  const undo = (event: "cancel" | "timeout", session: SessionFacts | undefined): void => {
    const before = settle();
    if (before === undefined) return;
    const isChanged = before !== running.read();
    running.write(before, []);
    candidate.discard();
    baseEvents.confirmedCommit(session, event);
    if (isChanged) baseEvents.configChange(session, []);
  };

  return {
    get pending() {
      return pending;
    },
    hold(session, before, seconds, persist) {
      const first = settle();
      const timer = setTimeout(() => undo("timeout", undefined), Math.min(seconds * 1000, MAX_TIMEOUT));
      timer.unref();
      pending = { session: session.id, persist, before: first ?? before, timer };
      baseEvents.confirmedCommit(session, first === undefined ? "start" : "extend", seconds);
    },
    complete(session) {
      if (settle() !== undefined) baseEvents.confirmedCommit(session, "complete");
    },
    cancel: (session) => undo("cancel", session),
    sessionEnded(session) {
      if (pending?.session === session.id && pending.persist === undefined) undo("cancel", session);
    },
  };
}
