/** The places where clients are expected now: by case, with those who came before theirs was open. */
import type { Socket } from "node:net";
import { type Listener, openListener } from "../session/listener.ts";

export interface Places {
  /** Opens the place of a case; who is waiting for it has arrived. */
  open(caseId: string): Promise<Listener>;
  /** A connection for the case, whether its place is open or not. */
  arrive(caseId: string, socket: Socket, bytes: Uint8Array): void;
  /** Cuts who waits for a place that does not open any more. */
  dismiss(caseId: string): void;
}

/** @param onOpen told of each place that opens */
export function openPlaces(urlOf: (caseId: string) => string, onOpen: (caseId: string) => void): Places {
  const listeners = new Map<string, Listener>();
  const waiting = new Map<string, [Socket, Uint8Array][]>();

  return {
    async open(caseId) {
      const listener = openListener(urlOf(caseId));
      listeners.set(caseId, listener);
      onOpen(caseId);
      for (const [socket, bytes] of waiting.get(caseId) ?? []) listener.offer(socket, bytes);
      waiting.delete(caseId);
      return {
        ...listener,
        close() {
          if (listeners.get(caseId) === listener) listeners.delete(caseId);
          listener.close();
        },
      };
    },
    arrive(caseId, socket, bytes) {
      const listener = listeners.get(caseId);
      if (listener) listener.offer(socket, bytes);
      else waiting.set(caseId, [...(waiting.get(caseId) ?? []), [socket, bytes]]);
    },
    dismiss(caseId) {
      for (const [socket] of waiting.get(caseId) ?? []) socket.destroy();
      waiting.delete(caseId);
    },
  };
}
