import { isIP } from "node:net";
import type { Edit } from "./edit.ts";
import { BASE_EVENTS, CONFIG } from "./names.ts";
import type { Notifier } from "./notifier.ts";
import { type Element, element } from "./xml-tree.ts";

/** A session as RFC 6470 names it. */
export interface SessionFacts {
  readonly id: number;
  readonly username: string;
  readonly sourceHost: string;
}

export type EndReason =
  | { readonly reason: "closed" | "dropped" | "bad-hello" | "other" }
  | { readonly reason: "killed"; readonly killedBy: number };

export type ConfirmEvent = "start" | "cancel" | "timeout" | "extend" | "complete";

/** The base notifications (RFC 6470 §2.2) that this server can generate; all on the stream NETCONF. */
export interface BaseEvents {
  sessionStart(session: SessionFacts): void;
  sessionEnd(session: SessionFacts, end: EndReason): void;
  /** @param session undefined: the server itself changed it */
  configChange(session: SessionFacts | undefined, edits: readonly Edit[]): void;
  /**
   * @param session undefined where the time ran out
   * @param timeout seconds, with `start` and `extend`
   */
  confirmedCommit(session: SessionFacts | undefined, event: ConfirmEvent, timeout?: number): void;
}

export function createBaseEvents(notifier: Notifier): BaseEvents {
  const event = (name: string, ...children: readonly Element[]): void =>
    notifier.publish(element(BASE_EVENTS, name, ...children));
  return {
    sessionStart: (session) => event("netconf-session-start", ...parameters(session)),
    sessionEnd(session, end) {
      const killedBy = end.reason === "killed" ? [leaf("killed-by", String(end.killedBy))] : [];
      event("netconf-session-end", ...parameters(session), ...killedBy, leaf("termination-reason", end.reason));
    },
    configChange(session, edits) {
      const by = session ? parameters(session) : [element(BASE_EVENTS, "server")];
      const changedBy = element(BASE_EVENTS, "changed-by", ...by);
      event("netconf-config-change", changedBy, leaf("datastore", "running"), ...edits.map(editEntry));
    },
    confirmedCommit(session, confirmEvent, timeout) {
      const seconds = timeout === undefined ? [] : [leaf("timeout", String(timeout))];
      const by = session ? parameters(session) : [];
      event("netconf-confirmed-commit", ...by, leaf("confirm-event", confirmEvent), ...seconds);
    },
  };
}

function parameters({ id, username, sourceHost }: SessionFacts): Element[] {
  const leaves = [leaf("username", username), leaf("session-id", String(id))];
  if (isIP(sourceHost) !== 0) leaves.push(leaf("source-host", sourceHost));
  return leaves;
}

function editEntry({ target, operation }: Edit): Element {
  const path: Element = { ...leaf("target", target), declarations: { cfg: CONFIG } };
  return element(BASE_EVENTS, "edit", path, leaf("operation", operation));
}

function leaf(name: string, text: string): Element {
  return element(BASE_EVENTS, name, text);
}
