import type { Readable, Writable } from "node:stream";
import { createEngine } from "./engine.ts";
import { readLines } from "./read-lines.ts";
import type { EmitOptions, Engine, EngineSession } from "./types.ts";
import { isXmlText } from "./xml-tree.ts";

type Id = string | number;
type Line = Readonly<Record<string, unknown>>;

/**
 * Serves the engine over JSON lines, one process for all WebSocket connections of a bridge. In:
 * `{"open":ID,"username":"..","sourceHost":".."}`, `{"message":"<xml>","id":ID}`,
 * `{"gone":ID,"how":"closed"|"dropped"}`, and for control `{"emit":{..}}`, `{"resetLog":true}`,
 * `{"ageOut":5}`, `{"restart":true}`. Out: `{"id":ID,"message":"<xml>"}` and `{"id":ID,"close":1000,"reason":""}`.
 * A bad line costs one line on standard error and nothing else. Ends with the input.
 */
export async function serveStdio(input: Readable, output: Writable): Promise<void> {
  const engine = createEngine();
  const sessions = new Map<Id, EngineSession>();
  const handle = createHandler(engine, sessions, (line) => void output.write(`${JSON.stringify(line)}\n`));
  output.on("error", () => input.destroy());
  for await (const line of readLines(input)) {
    try {
      handle(line);
    } catch (error) {
      process.stderr.write(`engine: ${error instanceof Error ? error.message.split("\n")[0] : "bad line"}\n`);
    }
  }
  for (const session of [...sessions.values()]) session.gone("dropped");
}

function createHandler(engine: Engine, sessions: Map<Id, EngineSession>, write: (line: Line) => void) {
  const open = (id: Id, username: string, sourceHost: string): void => {
    if (sessions.has(id)) throw new Error(`connection ${id} is open already`);
    const session = engine.open({
      username,
      sourceHost,
      send: (message) => write({ id, message }),
      close(code, reason) {
        sessions.delete(id);
        write({ id, close: code, reason });
      },
    });
    sessions.set(id, session);
  };

  return (text: string): void => {
    if (text.trim() === "") return;
    const line = parse(text);
    if ("open" in line) open(idOf(line.open), textOf(line, "username", "anonymous"), textOf(line, "sourceHost"));
    else if ("message" in line) sessions.get(idOf(line.id))?.receive(textOf(line, "message"));
    else if ("gone" in line) {
      const id = idOf(line.gone);
      const session = sessions.get(id);
      sessions.delete(id);
      session?.gone(line.how === "closed" ? "closed" : "dropped");
    } else if ("emit" in line) engine.emit(emitOptions(line.emit));
    else if (line.resetLog === true) engine.resetLog();
    else if (typeof line.ageOut === "number") engine.ageOut(line.ageOut);
    else if (line.restart === true) engine.restart();
    else throw new Error("a line that means nothing");
  };
}

function parse(text: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("a line that is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("a line that is no object");
  return value as Line;
}

function idOf(value: unknown): Id {
  if (typeof value === "string" || typeof value === "number") return value;
  throw new Error("an id is a string or a number");
}

function textOf(line: Line, name: string, otherwise = ""): string {
  const value = line[name] ?? otherwise;
  if (typeof value !== "string") throw new Error(`${name} is not a string`);
  if (name !== "message" && !isXmlText(value)) throw new Error(`${name} holds a character that XML does not allow`);
  return value;
}

/** Options of the event to make, from a control line. */
export function emitOptions(value: unknown): EmitOptions {
  if (typeof value !== "object" || value === null) throw new Error("emit is not an object");
  const names = ["type", "token", "stream", "eventClass", "card", "severity", "operState", "eventTime"];
  const given = Object.entries(value).filter(([name, text]) => names.includes(name) && typeof text === "string");
  const options = Object.fromEntries(given) as Partial<EmitOptions>;
  if (options.token === undefined) throw new Error("emit has no token");
  return { ...options, token: options.token };
}
