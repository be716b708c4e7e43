import { connect } from "node:net";
import type { Opener } from "./client.ts";
import { createHybi00Gate } from "./hybi-00-gate.ts";
import { makeHybi00Request, readHybi00Response } from "./hybi-00-opening.ts";
import { NO_CACHE } from "./refusal.ts";
import { CLOSE_TIMEOUT, cutAfter, endSocket, MAX_MESSAGE } from "./transport.ts";

/** Milliseconds for the whole opening handshake. */
const HANDSHAKE_TIMEOUT = 20_000;
const CLOSING = Buffer.from([0xff, 0x00]);

/** The client's side of hybi-00, by hand: no library plays it. */
export const openHybi00Client: Opener = ({ url, subprotocol }, session) => {
  const target = new URL(url);
  const socket = connect({ host: target.hostname, port: Number(target.port || 80), allowHalfOpen: true });
  const request = makeHybi00Request(target, subprotocol, NO_CACHE);
  const gate = createHybi00Gate(MAX_MESSAGE);
  let head = Buffer.alloc(0);
  let state: "opening" | "open" | "closing" | "over" = "opening";
  /** Bytes of a text frame that has not ended. */
  let text: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => fail("the response did not come in time"), HANDSHAKE_TIMEOUT);
  const is = (one: typeof state) => state === one;

  function fail(reason: string): void {
    state = "over";
    session.ended({ failed: reason });
    socket.destroy();
  }

  function readResponse(bytes: Buffer): void {
    head = Buffer.concat([head, bytes]);
    const reading = readHybi00Response(head, request);
    if (reading.state === "failed") fail(reading.reason);
    if (reading.state !== "open") return;
    clearTimeout(timer);
    state = "open";
    session.opened(reading.subprotocol);
    if (reading.rest.length > 0) readFrames(reading.rest);
  }

  function readFrames(bytes: Buffer): void {
    if (is("over")) return;
    text = text.length === 0 ? gate.pass(bytes) : Buffer.concat([text, gate.pass(bytes)]);
    for (let end = text.indexOf(0xff); end >= 0 && !is("over"); end = text.indexOf(0xff)) {
      const payload = text.subarray(1, end).toString("utf8");
      text = text.subarray(end + 1);
      session.receive(payload);
    }
    if (gate.state === "overrun" || text.length > MAX_MESSAGE) fail("a frame is too long");
    else if (gate.state === "closed") {
      close();
      state = "over";
      session.ended({ clean: true });
      endSocket(socket);
    }
  }

  function close(): void {
    if (state !== "open") return;
    state = "closing";
    socket.write(CLOSING);
    cutAfter(socket, CLOSE_TIMEOUT);
  }

  socket.setNoDelay(true);
  socket.on("connect", () => socket.write(request.bytes));
  socket.on("data", (bytes: Buffer) => (state === "opening" ? readResponse(bytes) : readFrames(bytes)));
  socket.on("end", () => endSocket(socket));
  socket.on("error", () => {});
  socket.on("close", () => {
    clearTimeout(timer);
    session.ended({ clean: false });
  });
  return {
    send(message) {
      if (state === "open") socket.write(Buffer.concat([Buffer.from([0]), Buffer.from(message), Buffer.from([0xff])]));
    },
    close,
    destroy: () => socket.destroy(),
  };
};
