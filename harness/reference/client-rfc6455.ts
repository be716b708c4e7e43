import type { ClientRequest, IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import type { Opener } from "./client.ts";
import { NO_CACHE } from "./refusal.ts";
import { CLOSE_TIMEOUT, MAX_FRAGMENTS, MAX_MESSAGE } from "./transport.ts";

/** WebSocket's own marks: no code in the close frame, and no close frame at all (RFC 6455 §7.1.5). */
const NO_CODE = 1005;
const ABNORMAL = 1006;
const UNACCEPTABLE = 1003;
const MAX_REASON = 123;
/** Milliseconds for the whole opening handshake. */
const HANDSHAKE_TIMEOUT = 20_000;

/**
 * RFC 6455 by `ws`. It fails the connection on every wrong response and on what the RFC wants failed, with the
 * right code. Compression is not offered.
 */
export const openRfc6455Client: Opener = (task, session) => {
  const { url, subprotocol } = task;
  let failure: string | undefined;
  const socket = new WebSocket(url, subprotocol === "" ? [] : [subprotocol], {
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_MESSAGE,
    maxFragments: MAX_FRAGMENTS,
    maxPendingAutoPongs: 10_000,
    closeTimeout: CLOSE_TIMEOUT,
    handshakeTimeout: HANDSHAKE_TIMEOUT,
    headers: Object.fromEntries(NO_CACHE),
    finishRequest: failOnPlain101,
  } as ConstructorParameters<typeof WebSocket>[2]);
  socket.on("open", () => session.opened(socket.protocol === "" ? undefined : socket.protocol));
  socket.on("message", (data, isBinary) => {
    if (socket.readyState !== socket.OPEN) return;
    if (!isBinary) session.receive(data.toString());
    else {
      failure = "a binary message";
      socket.close(UNACCEPTABLE, "text is wanted");
    }
  });
  socket.on("error", ({ message }) => {
    failure ??= message;
  });
  socket.on("close", (code) => {
    if (failure !== undefined) session.ended({ failed: failure });
    else session.ended(code === NO_CODE || code === ABNORMAL ? { clean: code === NO_CODE } : { code, clean: true });
  });
  return {
    send: (text) => socket.send(text, () => {}),
    close: (code, reason) => socket.close(code, reason.slice(0, MAX_REASON)),
    destroy: () => socket.terminate(),
  };
};

/** Node's HTTP client takes a 101 without `Connection: upgrade` for one of the 1xx that others follow, and ws waits on. */
function failOnPlain101(request: ClientRequest): void {
  request.on("information", ({ statusCode }: Pick<IncomingMessage, "statusCode">) => {
    if (statusCode === 101) request.destroy(new Error("101 without Connection: Upgrade"));
  });
  request.end();
}
