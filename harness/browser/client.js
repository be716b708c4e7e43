/**
 * A NETCONF client on the W3C WebSocket API: does the tasks of the contract for a client under test, as many
 * at once as come. It adds nothing to what the browser does and hides nothing of it.
 *
 * @import { Control, Task } from "./netconf-session.js"
 * @typedef {Record<string, unknown>} Line a line of the contract, in either direction
 */
import { startSession } from "./netconf-session.js";

/** What this client says of itself in its readiness line, beside name and version. */
export const abilities = {
  control: ["close", "rpc", "connect"],
  reports: ["open", "hello", "reply", "notification", "replayComplete", "notificationComplete", "closed", "failed"],
  reuse: true,
};

/** Milliseconds for the server to close after it has answered close-session. */
const patience = 1000;

/**
 * @param {(line: Line) => void} say takes the client's lines
 * @returns {(line: Line) => void} obeys a task or a control line
 */
export function createClient(say) {
  /** Tasks by case, each with its open connections. @type {Map<string, { task: Task, live: Set<Connection> }>} */
  const known = new Map();

  /** @param {{ task: Task, live: Set<Connection> }} entry */
  function connect({ task, live }) {
    const connection = openConnection(task, say, () => live.delete(connection));
    live.add(connection);
  }

  return (line) => {
    if ("task" in line) {
      const entry = { task: /** @type {Task} */ (line.task), live: new Set() };
      known.set(entry.task.case, entry);
      connect(entry);
      return;
    }
    const name = String(line.case);
    const entry = known.get(name);
    if (entry === undefined) return;
    if ("connect" in line) connect(entry);
    else if ("end" in line) {
      known.delete(name);
      for (const connection of entry.live) connection.leave();
      say({ report: "done", case: name, exit: 0 });
    } else for (const connection of entry.live) connection.control(/** @type {Control} */ (line));
  };
}

/** @typedef {{ control(line: Control): void, leave(): void }} Connection */

/**
 * @param {Task} task
 * @param {(line: Line) => void} say
 * @param {() => void} ended
 * @returns {Connection}
 */
function openConnection(task, say, ended) {
  /** @param {string} name @param {Line} [fields] */
  const report = (name, fields) => say({ report: name, case: task.case, ...fields });
  const session = startSession(task, report);
  const socket = new WebSocket(task.url, task.subprotocol);
  socket.binaryType = "arraybuffer";
  let opened = false;

  /** @param {string[]} messages */
  const send = (messages) => {
    for (const message of messages) socket.send(message);
    if (session.over) socket.close(1000);
    else if (session.left) setTimeout(() => socket.close(1000), patience);
  };
  socket.onopen = () => {
    opened = true;
    send(session.opened(socket.protocol));
  };
  socket.onmessage = ({ data }) => send(session.take(typeof data === "string" ? data : new TextDecoder().decode(data)));
  socket.onclose = ({ code, reason, wasClean }) => {
    if (opened) report("closed", { code, reason, clean: wasClean });
    else report("failed", { reason: `no connection; the browser says only ${code}` });
    ended();
  };
  return {
    control(line) {
      send(session.control(line));
    },
    leave: () => socket.close(),
  };
}
