import type { Socket } from "node:net";

/** Ends a connection without farewell: by a reset, where TLS does not hide the socket of TCP. */
export function cut(socket: Socket): void {
  if ("encrypted" in socket) socket.destroy();
  else socket.resetAndDestroy();
}
