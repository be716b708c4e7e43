/**
 * The NETCONF side of a client in a page, without a connection: messages in, messages out, reports on the
 * way. XML is read by the browser's own parser.
 *
 * @typedef {{ case: string, url: string, subprotocol: string, stream?: string, filter?: string,
 *   startTime?: string, stopTime?: string }} Task what the contract asks a client to do; `filter` is XML
 * @typedef {{ close: true } | { rpc: string }} Control
 * @typedef {(name: string, fields?: Record<string, unknown>) => void} Report
 * @typedef {object} Session
 * @property {boolean} over the WebSocket connection is to be closed
 * @property {boolean} left close-session was answered: it is the server's turn to close
 * @property {(subprotocol: string) => string[]} opened
 * @property {(message: string) => string[]} take
 * @property {(line: Control) => string[]} control
 */

const BASE = "urn:ietf:params:xml:ns:netconf:base:1.0";
const EVENTS = "urn:ietf:params:xml:ns:netconf:notification:1.0";
const NETMOD = "urn:ietf:params:xml:ns:netmod:notification";
const MARKERS = ["replayComplete", "notificationComplete"];
const VERSIONS = ["urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1"];
const NOTIFICATION = "urn:ietf:params:netconf:capability:notification:1.0";
const LIST = VERSIONS.map((uri) => `<capability>${uri}</capability>`).join("");
const HELLO = `<hello xmlns="${BASE}"><capabilities>${LIST}</capabilities></hello>`;
const CLOSE_SESSION = `<close-session xmlns="${BASE}"/>`;

/**
 * Starts a session for a task. Each method returns the messages to send.
 * @param {Task} task
 * @param {Report} report
 * @returns {Session}
 */
export function startSession(task, report) {
  /** What was asked, by message-id. @type {Map<string, string>} */
  const waiting = new Map();
  /** Control lines that came before the server's hello. @type {Control[]} */
  const early = [];
  let last = 0;
  let greeted = false;
  let closing = false;

  /** @param {string} operation */
  function ask(operation) {
    if (closing) return [];
    last += 1;
    waiting.set(String(last), operation);
    return [`<rpc xmlns="${BASE}" message-id="${last}">${operation}</rpc>`];
  }

  /** @param {Control} line */
  function obey(line) {
    if ("rpc" in line) return ask(line.rpc);
    const messages = ask(CLOSE_SESSION);
    closing = true;
    return messages;
  }

  /** @param {string} reason */
  function fail(reason) {
    session.over = true;
    report("failed", { reason });
    return [];
  }

  /** RFC 6241 §8.1. @param {Element} root */
  function hello(root) {
    if (greeted) return fail("a second hello");
    const capabilities = texts(root, "capability");
    const bare = capabilities.map((uri) => uri.split("?")[0] ?? "");
    const [sessionId = ""] = texts(root, "session-id");
    if (!/^[1-9]\d*$/.test(sessionId) || Number(sessionId) >= 2 ** 32) return fail("a hello without a session-id");
    if (!VERSIONS.some((uri) => bare.includes(uri))) return fail("no base version in common");
    greeted = true;
    report("hello", { capabilities, sessionId });
    const messages = bare.includes(NOTIFICATION) ? ask(createSubscription(task)) : [];
    return [...messages, ...early.flatMap(obey)];
  }

  /** @param {Element} root */
  function reply(root) {
    const messageId = root.getAttribute("message-id") ?? "";
    const asked = waiting.get(messageId);
    if (asked === undefined) return [];
    waiting.delete(messageId);
    const errors = texts(root, "error-tag");
    report("reply", errors.length === 0 ? { messageId, ok: true } : { messageId, error: errors[0], errors });
    if (asked === CLOSE_SESSION && errors.length === 0) session.left = true;
    return [];
  }

  /** The markers of RFC 5277 are no events (§3.1). @param {Element} root @param {string} message */
  function notification(root, message) {
    const marker = [...root.children].find((child) => MARKERS.some((name) => is(child, NETMOD, name)));
    if (marker) report(marker.localName);
    else report("notification", { xml: message });
    return [];
  }

  /** @type {Session} */
  const session = {
    over: false,
    left: false,
    opened(subprotocol) {
      report("open", { subprotocol });
      if (subprotocol !== task.subprotocol) return fail(`the server chose the subprotocol "${subprotocol}"`);
      return [HELLO];
    },
    take(message) {
      const root = rootOf(message);
      if (root === undefined) return fail("a message is not well-formed XML");
      if (is(root, BASE, "hello")) return hello(root);
      if (!greeted) return fail("a message before the hello");
      if (is(root, BASE, "rpc-reply")) return reply(root);
      return is(root, EVENTS, "notification") ? notification(root, message) : [];
    },
    control(line) {
      if (greeted) return obey(line);
      early.push(line);
      return [];
    },
  };
  return session;
}

/** @param {string} message */
function rootOf(message) {
  const document = new DOMParser().parseFromString(message, "text/xml");
  return document.querySelector("parsererror") ? undefined : document.documentElement;
}

/** @param {Element} element @param {string} namespace @param {string} name */
function is(element, namespace, name) {
  return element.namespaceURI === namespace && element.localName === name;
}

/** Texts of the elements of the base namespace with this name. @param {Element} root @param {string} name */
function texts(root, name) {
  return [...root.getElementsByTagNameNS(BASE, name)].map((element) => (element.textContent ?? "").trim());
}

/** RFC 5277 §2.1.1. @param {Task} task */
function createSubscription({ stream, filter, startTime, stopTime }) {
  /** @param {string} name @param {string | undefined} text */
  const leaf = (name, text) => (text === undefined ? "" : `<${name}>${escaped(text)}</${name}>`);
  const tree = filter === undefined ? "" : `<filter type="subtree">${filter}</filter>`;
  const children = `${leaf("stream", stream)}${tree}${leaf("startTime", startTime)}${leaf("stopTime", stopTime)}`;
  return `<create-subscription xmlns="${EVENTS}">${children}</create-subscription>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
