/** Where a client under test comes to: connections in the order of their arrival, not yet read. */
import net, { type AddressInfo } from "node:net";
import { type Inbox, openInbox } from "./inbox.ts";

/** Connections of one case that are let in; a client that comes more often has been seen. */
const maximumArrivals = 256;

/** A connection that came, with what was read of it before it was handed on. */
export interface Arrival {
  readonly socket: net.Socket;
  readonly bytes: Uint8Array;
}

export interface Listener {
  /** The URL that the client is given. */
  readonly url: string;
  readonly arrivals: Pick<Inbox<Arrival>, "items" | "ended" | "next">;
  /** Hands over a connection that somebody else accepted, with the bytes read so far. */
  offer(socket: net.Socket, bytes: Uint8Array): void;
  /** Cuts what has arrived, and lets nothing more in. */
  close(): void;
}

export interface ListenerOptions {
  /** Told of each connection as it comes, from 1 up. */
  readonly onArrival?: (count: number) => void;
}

/** A listener without a socket of its own: connections come by `offer` only. */
export function openListener(url: string, options: ListenerOptions = {}): Listener {
  const inbox = openInbox<Arrival>();
  return {
    url,
    arrivals: inbox,
    offer(socket, bytes) {
      socket.on("error", () => {});
      if (inbox.ended || inbox.items.length >= maximumArrivals) {
        socket.destroy();
        return;
      }
      options.onArrival?.(inbox.items.length + 1);
      inbox.post({ socket, bytes });
    },
    close() {
      inbox.end();
      for (const { socket } of inbox.items) socket.destroy();
    },
  };
}

/**
 * Listens on a free port of 127.0.0.1.
 * @param path resource of the URL
 * @throws when no port can be opened
 */
export async function listen(path: string, options: ListenerOptions = {}): Promise<Listener> {
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: false });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const listener = openListener(`ws://127.0.0.1:${port}${path}`, options);
  server.on("connection", (socket) => listener.offer(socket, new Uint8Array()));
  return {
    ...listener,
    close() {
      server.close();
      listener.close();
    },
  };
}
