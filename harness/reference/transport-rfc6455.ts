import type { IncomingMessage } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { NO_CACHE } from "./refusal.ts";
import { valuesOf } from "./request-head.ts";
import { CLOSE_TIMEOUT, hasRoom, MAX_FRAGMENTS, MAX_MESSAGE, type Opening, openSession } from "./transport.ts";

/** WebSocket's own mark for a connection that ended without a close frame (RFC 6455 §7.1.5). */
const ABNORMAL = 1006;
const UNACCEPTABLE = 1003;
const MAX_REASON = 123;

/**
 * RFC 6455 by `ws`. It answers what the RFC wants failed with 1002, 1007, 1008 or 1009 and ends TCP; it
 * takes lengths that are not minimal (no reaction is prescribed), ignores unsolicited pongs, and answers
 * close codes that may not stand on the wire with 1002. Compression is off.
 */
const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE,
  maxFragments: MAX_FRAGMENTS,
  // A burst of pings in one segment is no attack; the backlog is bounded below.
  maxPendingAutoPongs: 10_000,
  closeTimeout: CLOSE_TIMEOUT,
  handleProtocols: (_offered, request) => (request as IncomingMessage & { readonly chosen: string }).chosen,
} as ConstructorParameters<typeof WebSocketServer>[0]);
server.on("headers", (lines) => {
  for (const [name, value] of NO_CACHE) lines.push(`${name}: ${value}`);
});

export function openRfc6455(opening: Opening): void {
  const { socket, head, rest, subprotocol, acceptance } = opening;
  // ws wants the one token `websocket`, which the request was found to hold; the fields it has no use for stay away.
  const request = {
    method: head.method,
    url: acceptance.resource,
    headers: {
      upgrade: "websocket",
      "sec-websocket-key": valuesOf(head, "sec-websocket-key")[0],
      "sec-websocket-version": "13",
      "sec-websocket-protocol": subprotocol,
    },
    chosen: subprotocol,
  };
  server.handleUpgrade(request as unknown as IncomingMessage, socket, Buffer.alloc(0), (webSocket) => {
    attach(webSocket, opening);
  });
  // Not as ws's head: ws would put it back into a stream that flows already and see it only with the next bytes.
  if (rest.length > 0) socket.emit("data", rest);
}

function attach(webSocket: WebSocket, opening: Opening): void {
  const session = openSession(opening, {
    sendText: (message) => webSocket.send(message),
    close: (code, reason) => webSocket.close(code, cut(reason)),
  });
  webSocket.on("message", (data, isBinary) => {
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (!isBinary) session.receive(data.toString());
    else {
      webSocket.close(UNACCEPTABLE, "text is wanted");
      session.gone("dropped");
    }
  });
  webSocket.on("ping", () => hasRoom(opening.socket));
  webSocket.on("error", () => session.gone("dropped"));
  webSocket.on("close", (code) => session.gone(code === ABNORMAL ? "dropped" : "closed"));
}

/** A reason fits into a control frame (RFC 6455 §5.5); ours are ASCII. */
function cut(reason: string): string {
  return reason.slice(0, MAX_REASON);
}
