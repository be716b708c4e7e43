/** The HTTP side: the page, what it is made of, the events for it, and the lines of the client in it. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { text } from "node:stream/consumers";
import type { Board } from "./board.ts";
import { type EventStream, openEventStream } from "./event-stream.ts";

export interface PagesOptions {
  readonly board: Board;
  readonly subprotocol: string;
  /** Style sheet of the reports, which the page follows. */
  readonly style: string;
  /** Folder of the page and its modules. */
  readonly modules: string;
  /** Folder that transcript paths are below. */
  readonly transcripts: string;
  /** The page wants to be the client, of one case or of all. @returns takes the lines that it posts */
  readonly join: (stream: EventStream, caseId: string | undefined) => (lines: string) => void;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};
const files = ["board.html", "board.css", "board.js", "board-view.js", "lines.js", "client.js", "netconf-session.js"];
/** Nothing from anywhere else, and no script or style but ours: much of the text was written by the client. */
const policy = "default-src 'self'; connect-src 'self' ws:; img-src data:; base-uri 'none'; form-action 'none'";

/** An HTTP server that does not listen: connections are handed to it. */
export function openPages(options: PagesOptions): Server {
  const { board, subprotocol } = options;
  const clients = new Map<string, (lines: string) => void>();

  function events(response: ServerResponse): void {
    const stream = openEventStream(response);
    stream.send({ subprotocol, cases: board.cases() }, "cases");
    const leave = board.watch((change) => stream.send(change, "case"));
    void stream.gone.then(leave);
  }

  function client(response: ServerResponse, query: URLSearchParams): void {
    const name = query.get("run") ?? "";
    const stream = openEventStream(response);
    clients.set(name, options.join(stream, query.get("case") ?? undefined));
    void stream.gone.then(() => clients.delete(name));
  }

  async function post(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const take = clients.get(query.get("run") ?? "");
    if (take === undefined || !sameOrigin(request)) return refuse(response, take === undefined ? 404 : 403);
    take(await text(request));
    response.writeHead(204).end();
  }

  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://page");
    const name = pathname === "/" ? "board.html" : pathname.slice(1);
    if (request.method === "POST" && name === "client") void post(request, response, searchParams);
    else if (request.method !== "GET") refuse(response, 405);
    else if (name === "events") events(response);
    else if (name === "client" && sameOrigin(request)) client(response, searchParams);
    else if (name === "report.css") give(response, ".css", options.style);
    else if (files.includes(name)) give(response, extname(name), readFileSync(join(options.modules, name)));
    else if (/^transcripts\/[\w.@[\]%-]+$/.test(name)) transcript(response, join(options.transcripts, decodeURI(name)));
    else refuse(response, 404);
  });
}

/** No other page makes this one's browser a client. */
function sameOrigin({ headers }: IncomingMessage): boolean {
  return headers.origin === undefined || headers.origin === `http://${headers.host}`;
}

function transcript(response: ServerResponse, path: string): void {
  try {
    give(response, ".txt", readFileSync(path));
  } catch {
    refuse(response, 404);
  }
}

function give(response: ServerResponse, extension: string, body: string | Uint8Array): void {
  response.writeHead(200, {
    "Content-Type": types[extension] ?? "text/plain; charset=utf-8",
    "Content-Security-Policy": policy,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(body);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { "Content-Type": "text/plain" }).end(`${status}\n`);
}
