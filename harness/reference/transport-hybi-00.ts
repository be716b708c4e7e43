import websocketDriver from "websocket-driver";
import { createHybi00Gate } from "./hybi-00-gate.ts";
import { NO_CACHE } from "./refusal.ts";
import { wholeValue } from "./request-head.ts";
import { CLOSE_TIMEOUT, cutAfter, endSocket, MAX_MESSAGE, type Opening, openSession } from "./transport.ts";
import type { EngineSession } from "./types.ts";

const KEY3 = 8;

/**
 * hybi-00 by `websocket-driver`, which writes the 101 head before key3 has come and replaces invalid
 * UTF-8 by U+FFFD (hybi-00 §5.4 leaves it open). Mended beside it: reserved frames and the closing frame
 * ({@link createHybi00Gate}); Sec-WebSocket-Location, which it builds from fields any client can set and
 * with the default port; and TCP, which it leaves to its user.
 * @param handshakeTimeout milliseconds in which key3 must come
 */
export function openHybi00(opening: Opening, handshakeTimeout: number): void {
  const { socket, rest } = opening;
  const driver = driverFor(opening);
  const gate = createHybi00Gate(MAX_MESSAGE);
  const timer = setTimeout(() => socket.destroy(), handshakeTimeout);
  let session: EngineSession | undefined;
  let toCome = KEY3;
  let closing = false;

  const close = (): void => {
    closing = true;
    driver.close();
  };

  const receive = (bytes: Buffer): void => {
    if (toCome > 0) {
      const key3 = bytes.subarray(0, toCome);
      toCome -= key3.length;
      driver.parse(key3);
      if (bytes.length > key3.length) receive(bytes.subarray(key3.length));
      return;
    }
    if (gate.state !== "open") return;
    driver.parse(gate.pass(bytes));
    if (gate.state === "open") return;
    close();
    endSocket(socket);
    session?.gone(gate.state === "closed" ? "closed" : "dropped");
  };

  driver.io.on("data", (chunk: Buffer) => socket.writable && socket.write(chunk));
  driver.on("open", () => {
    clearTimeout(timer);
    session = openSession(opening, {
      sendText: (message) => void driver.text(message),
      close() {
        close();
        cutAfter(socket, CLOSE_TIMEOUT);
      },
    });
  });
  driver.on("message", ({ data }: { data: string }) => closing || session?.receive(data));
  // The driver closes by itself when a message is too long.
  driver.on("close", () => {
    if (closing) return;
    closing = true;
    endSocket(socket);
    session?.gone("dropped");
  });
  driver.on("error", () => socket.destroy());
  socket.on("error", () => {});
  socket.on("close", () => {
    clearTimeout(timer);
    session?.gone("dropped");
  });
  socket.on("data", receive);
  driver.start();
  if (rest.length > 0) receive(rest);
}

function driverFor({ socket, head, acceptance, subprotocol }: Opening) {
  const secure = "encrypted" in socket;
  const host = acceptance.host.toLowerCase().replace(secure ? /:443$/ : /:80$/, "");
  const headers = {
    host,
    upgrade: "WebSocket",
    connection: "Upgrade",
    origin: acceptance.origin?.toLowerCase(),
    "sec-websocket-key1": wholeValue(head, "sec-websocket-key1"),
    "sec-websocket-key2": wholeValue(head, "sec-websocket-key2"),
  };
  const request = { method: "GET", url: acceptance.resource, headers, socket: { secure } };
  const driver = websocketDriver.http(request, { maxLength: MAX_MESSAGE });
  driver.setHeader("Sec-WebSocket-Protocol", subprotocol);
  for (const [name, value] of NO_CACHE) driver.setHeader(name, value);
  return driver;
}
