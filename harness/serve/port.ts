/** One port for two kinds of visitors: clients under test, at `/case/<id>`, and browsers that want the page. */
import net, { type AddressInfo } from "node:net";

/** A connection to the URL of a case, not yet read but for the bytes given. */
export interface Visit {
  readonly caseId: string;
  readonly socket: net.Socket;
  readonly bytes: Uint8Array;
}

/** Who takes the connections. */
export interface Doors {
  /** Those that ask for a case. */
  visit(visit: Visit): void;
  /** All others, with what was read of them put back. */
  other(socket: net.Socket): void;
}

export interface Port {
  readonly port: number;
  /** Begins to let in who comes. */
  attend(doors: Doors): void;
  /** Lets nobody in any more, and cuts who is there. */
  close(): void;
}

/** Bytes in which a request line has to end. */
const longestLine = 8192;

/** Path of the URL of a case. */
export function pathOfCase(caseId: string): string {
  return `/case/${encodeURIComponent(caseId)}`;
}

/**
 * @param port 0: any free one
 * @throws Error when the port cannot be opened
 */
export async function openPort(host: string, port: number): Promise<Port> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    attend(doors) {
      server.on("connection", (socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        socket.on("error", () => {}); // whoever takes the connection sees its end
        peek(socket, (bytes) => letIn(socket, bytes, doors));
      });
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function letIn(socket: net.Socket, bytes: Buffer, doors: Doors): void {
  const caseId = caseOf(bytes);
  if (caseId !== undefined) doors.visit({ caseId, socket, bytes });
  else {
    socket.unshift(bytes);
    doors.other(socket);
    socket.resume();
  }
}

/** Reads until the request line is there, and no further than the bytes that came with it. */
function peek(socket: net.Socket, take: (bytes: Buffer) => void): void {
  let read = Buffer.alloc(0);
  const onData = (data: Buffer): void => {
    read = Buffer.concat([read, data]);
    if (!read.includes("\n") && read.length < longestLine) return;
    socket.off("data", onData);
    socket.off("end", onEnd);
    socket.pause();
    take(read);
  };
  const onEnd = (): void => void socket.destroy();
  socket.on("data", onData);
  socket.on("end", onEnd);
}

/** The case that a request line asks for: whatever its method and version, in the origin form or the absolute one. */
function caseOf(bytes: Buffer): string | undefined {
  const [line = ""] = bytes.toString("latin1").split("\n", 1);
  const [, encoded] = /^\S+ +(?:\w+:\/\/[^/\s]*)?\/case\/([^\s?#]+)/.exec(line) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
