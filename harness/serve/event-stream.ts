/** Server-sent events (WHATWG HTML §9.2): one response that goes on for as long as the page is there. */
import type { ServerResponse } from "node:http";

export interface EventStream {
  /** @param name absent: a plain message */
  send(value: unknown, name?: string): void;
  /** Settles when the page has gone. */
  readonly gone: Promise<void>;
  end(): void;
}

export function openEventStream(response: ServerResponse): EventStream {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write(":\n\n"); // some browsers take a stream for open only once something came
  return {
    send: (value, name) =>
      void response.write(`${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(value)}\n\n`),
    gone: new Promise((settle) => response.once("close", settle)),
    end: () => void response.end(),
  };
}
