import type { Readable, Writable } from "node:stream";
import { clientOffers } from "./client.ts";
import { type ClientSession, openClientSession, type SessionTask } from "./client-session.ts";
import { readLines } from "./read-lines.ts";

type Line = Readonly<Record<string, unknown>>;

/** A task of the client contract with the sessions that are open for it. */
interface Work {
  readonly task: SessionTask & { readonly case: string; readonly url: string };
  readonly sessions: Set<ClientSession>;
}

/**
 * Serves the reference's NETCONF client over JSON lines, for programs that bring the WebSocket connections.
 *
 * In: the lines of the client contract with reuse (`{"task":{..}}`, `{"close":true,"case":".."}`, ...), and what became
 * of connections: `{"opened":"1","subprotocol":".."}`, `{"id":"1","message":"<xml>"}`, `{"ended":"1","code":1000,"clean":true}`
 * or `{"ended":"1","failed":"why"}`. Out: the readiness line and the reports of the contract, and orders: `{"open":"1","url":"..","subprotocol":".."}`,
 * `{"id":"1","message":"<xml>"}`, `{"id":"1","close":1000,"reason":""}`. A bad line costs one line on standard error. Ends
 * with the input.
 */
export async function serveClientStdio(input: Readable, output: Writable): Promise<void> {
  const write = (line: Line): void => void output.write(`${JSON.stringify(line)}\n`);
  const obey = createObeyer(write);
  output.on("error", () => input.destroy());
  write({ ready: true, ...clientOffers, reuse: true });
  for await (const text of readLines(input)) {
    if (text.trim() === "") continue;
    try {
      obey(JSON.parse(text) as Line);
    } catch (error) {
      process.stderr.write(`client engine: ${error instanceof Error ? error.message.split("\n")[0] : "bad line"}\n`);
    }
  }
}

function createObeyer(write: (line: Line) => void): (line: Line) => void {
  const works = new Map<string, Work>();
  const sessions = new Map<string, ClientSession>();
  let last = 0;

  function connect({ task, sessions: ofTask }: Work): void {
    last += 1;
    const id = String(last);
    const session = openClientSession({
      task,
      send: (message) => write({ id, message }),
      close: (code, reason) => write({ id, close: code, reason }),
      report: (line) => write({ ...line, case: task.case }),
    });
    const ended: ClientSession["ended"] = (how) => {
      sessions.delete(id);
      ofTask.delete(session);
      session.ended(how);
    };
    sessions.set(id, { ...session, ended });
    ofTask.add(session);
    write({ open: id, url: task.url, subprotocol: task.subprotocol });
  }

  /** What became of a connection; one that is over says nothing more. */
  function hear(line: Line): void {
    const session = sessions.get(String(line["opened"] ?? line["id"] ?? line["ended"]));
    if (line["opened"] !== undefined) session?.opened(textOrNothing(line["subprotocol"]));
    else if (line["id"] !== undefined) session?.receive(String(line["message"]));
    else if (typeof line["failed"] === "string") session?.ended({ failed: line["failed"] });
    else
      session?.ended({
        clean: line["clean"] === true,
        ...(typeof line["code"] === "number" ? { code: line["code"] } : {}),
      });
  }

  return (line) => {
    if (line["task"] !== undefined) {
      const work: Work = { task: line["task"] as Work["task"], sessions: new Set() };
      works.set(work.task.case, work);
      connect(work);
      return;
    }
    if (line["case"] === undefined) return hear(line);
    const work = works.get(String(line["case"]));
    if (!work) return;
    if (line["connect"] === true) connect(work);
    else if (line["end"] === true) {
      works.delete(work.task.case);
      write({ report: "done", case: work.task.case, exit: 0 });
    } else for (const session of work.sessions) session.control(line);
  };
}

/** Libraries say "" where no subprotocol was chosen. */
function textOrNothing(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
