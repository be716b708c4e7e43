import { BASE_10, BASE_11, NC, NETMOD, NOTIFICATION } from "./names.ts";
import { readXml } from "./xml-read.ts";
import { attributeOf, type Element, element, elements, isNamed, textOf, trimXml } from "./xml-tree.ts";
import { writeXml } from "./xml-write.ts";

/** What the session is asked to do beside hello and create-subscription. */
export interface SessionTask {
  readonly subprotocol: string;
  readonly stream?: string;
  /** Content of a subtree filter. */
  readonly filter?: string;
  readonly startTime?: string;
  readonly stopTime?: string;
}

export interface ClientSessionOptions {
  readonly task: SessionTask;
  send(text: string): void;
  /** Begins the closing handshake of the transport. */
  close(code: number, reason: string): void;
  /** Gets the reports of the client contract, `{ report: "hello", ... }`. */
  report(line: Readonly<Record<string, unknown>>): void;
}

/** NETCONF on the client's side, without a transport. */
export interface ClientSession {
  /** The WebSocket is open, with the subprotocol that the server confirmed. */
  opened(subprotocol: string | undefined): void;
  receive(text: string): void;
  /** The WebSocket is over. */
  ended(how: { readonly code?: number; readonly clean: boolean } | { readonly failed: string }): void;
  /** `{ close: true }` or `{ rpc: "<get/>" }`. */
  control(line: Readonly<Record<string, unknown>>): void;
}

const NORMAL = 1000;
const PROTOCOL_ERROR = 1002;
const NOTIFICATIONS = "urn:ietf:params:netconf:capability:notification:1.0";
/** Milliseconds for the server to close after it has answered close-session. */
const PATIENCE = 1000;

/** Runs one session: hello, create-subscription, and what the control lines ask for. */
export function openClientSession({ task, send, close, report }: ClientSessionOptions): ClientSession {
  const waiting = new Map<string, string>();
  let state: "opening" | "greeted" | "running" | "closing" | "over" = "opening";
  let messages = 0;
  let giveUp: NodeJS.Timeout | undefined;

  const ask = (operation: string): void => {
    messages += 1;
    const id = String(messages);
    waiting.set(id, /^\s*<([\w.-]+)/.exec(operation)?.[1] ?? "");
    send(`<rpc xmlns="${NC}" message-id="${id}">${operation}</rpc>`);
  };

  const leave = (code: number, reason: string): void => {
    if (state === "closing" || state === "over") return;
    state = "closing";
    close(code, reason);
  };

  const refuse = (reason: string): void => {
    report({ report: "failed", reason });
    leave(PROTOCOL_ERROR, reason);
  };

  function onHello(root: Element): void {
    const problem = state === "greeted" ? helloProblem(root) : "a second hello";
    if (problem !== undefined) {
      refuse(problem);
      return;
    }
    state = "running";
    const capabilities = capabilitiesOf(root);
    report({ report: "hello", capabilities, sessionId: sessionIdOf(root) });
    if (capabilities.map(withoutParameters).includes(NOTIFICATIONS)) ask(createSubscription(task));
  }

  function onReply(root: Element): void {
    const id = attributeOf(root, "message-id");
    const operation = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || operation === undefined) return;
    waiting.delete(id);
    const tags = elements(root)
      .filter((part) => isNamed(part, NC, "rpc-error"))
      .map(tagOf);
    if (tags.length > 0) report({ report: "reply", messageId: id, error: tags[0], errors: tags });
    else report({ report: "reply", messageId: id, ok: true });
    if (operation === "close-session" && tags.length === 0) giveUp = setTimeout(() => close(NORMAL, ""), PATIENCE);
  }

  function onNotification(root: Element, text: string): void {
    const marker = elements(root).find((part) => part.ns === NETMOD && MARKERS.has(part.local));
    if (marker) report({ report: marker.local });
    else report({ report: "notification", xml: text });
  }

  return {
    opened(subprotocol) {
      report({ report: "open", ...(subprotocol === undefined ? {} : { subprotocol }) });
      if ((subprotocol ?? "") !== task.subprotocol) refuse("the subprotocol was not confirmed");
      else {
        state = "greeted";
        send(helloMessage());
      }
    },
    receive(text) {
      if (state === "over") return;
      const reading = readXml(text);
      if (!reading.ok) {
        // Once the session is up, one bad message is no reason to lose the others.
        if (state === "greeted") refuse(reading.message);
        else report({ report: "unreadable", reason: reading.message });
        return;
      }
      const { root } = reading;
      if (isNamed(root, NC, "hello")) onHello(root);
      else if (state === "greeted") refuse("a message before hello");
      else if (isNamed(root, NC, "rpc-reply")) onReply(root);
      else if (isNamed(root, NOTIFICATION, "notification")) onNotification(root, text);
    },
    ended(how) {
      if (state === "over") return;
      state = "over";
      clearTimeout(giveUp);
      report("failed" in how ? { report: "failed", reason: how.failed } : { report: "closed", ...how });
    },
    control(line) {
      if (line["close"] === true) {
        if (state === "running") {
          state = "closing";
          ask("<close-session/>");
        } else leave(NORMAL, "");
      } else if (typeof line["rpc"] === "string" && state === "running") ask(line["rpc"]);
    },
  };
}

/** What keeps a session from being opened with that server (RFC 6241 §8.1). */
function helloProblem(root: Element): string | undefined {
  if (!/^[1-9][0-9]*$/.test(sessionIdOf(root) ?? "")) return "hello without a session-id";
  const bases = capabilitiesOf(root).map(withoutParameters);
  return bases.includes(BASE_10) || bases.includes(BASE_11) ? undefined : "no common base version";
}

function sessionIdOf(root: Element): string | undefined {
  const id = elements(root).find((part) => isNamed(part, NC, "session-id"));
  return id && trimXml(textOf(id));
}

const MARKERS: ReadonlySet<string> = new Set(["replayComplete", "notificationComplete"]);

function helloMessage(): string {
  const capabilities = [BASE_10, BASE_11].map((uri) => element(NC, "capability", uri));
  return writeXml(element(NC, "hello", element(NC, "capabilities", ...capabilities)));
}

/** RFC 5277 §4: the parameters in this order. The filter is put in as it is. */
function createSubscription({ stream, filter, startTime, stopTime }: SessionTask): string {
  const leaf = (name: string, value: string | undefined): string =>
    value === undefined ? "" : writeXml(element(NOTIFICATION, name, value), NOTIFICATION);
  const filtered = filter === undefined ? "" : `<filter type="subtree">${filter}</filter>`;
  return `<create-subscription xmlns="${NOTIFICATION}">${leaf("stream", stream)}${filtered}${leaf("startTime", startTime)}${leaf("stopTime", stopTime)}</create-subscription>`;
}

function capabilitiesOf(root: Element): string[] {
  return elements(root)
    .filter((part) => isNamed(part, NC, "capabilities"))
    .flatMap(elements)
    .filter((part) => isNamed(part, NC, "capability"))
    .map((part) => trimXml(textOf(part)));
}

/** Version capabilities are compared without parameters (RFC 6241 §8.1). */
function withoutParameters(uri: string): string {
  return uri.replace(/\?.*$/s, "");
}

function tagOf(error: Element): string {
  const tag = elements(error).find((part) => isNamed(part, NC, "error-tag"));
  return tag ? trimXml(textOf(tag)) : "";
}
