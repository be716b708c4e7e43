/** A server of ws that sends every message back. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

export interface Echo {
  readonly port: number;
  close(): void;
}

/** Listens on a free port of 127.0.0.1. */
export async function startEcho(): Promise<Echo> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  server.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}
