/** A tiny WebSocket server on TCP for tests: whatever a script does with each connection, right or wrong. */
import net, { type AddressInfo } from "node:net";
import { dialects } from "../../wire/index.ts";
import type {
  Decoder,
  Dialect,
  DialectName,
  FrameSpec,
  Request,
  ResponseOptions,
  WireEvent,
} from "../../wire/types.ts";

export interface ServerSide {
  readonly socket: net.Socket;
  readonly dialect: Dialect;
  /** All bytes that came so far, and the sizes of the reads they came in. */
  readonly received: Buffer;
  readonly reads: readonly number[];
  /** Waits for a whole opening request. */
  request(): Promise<Request>;
  /** Waits for the request and answers it. */
  accept(options?: ResponseOptions): Promise<Request>;
  /** Waits for the next event of the client's frames; undefined when its direction has ended. */
  next(fits?: (event: WireEvent) => boolean): Promise<WireEvent | undefined>;
  /** Waits for the next message and gives its text. */
  message(): Promise<string>;
  send(bytes: Uint8Array | string): void;
  frame(...frames: readonly FrameSpec[]): void;
  text(text: string): void;
}

export interface ScriptedServer {
  readonly port: number;
  /** How many connections there were. */
  readonly connections: number;
  close(): Promise<void>;
}

const noRandom = (size: number): Uint8Array => Buffer.alloc(size, 7);

/** Listens on a free port of 127.0.0.1. What goes wrong in the script ends its connection with a reset. */
export async function scriptedServer(
  name: DialectName,
  script: (side: ServerSide, index: number) => Promise<void> | void,
): Promise<ScriptedServer> {
  const sockets = new Set<net.Socket>();
  let count = 0;
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    count += 1;
    void run(sideOf(socket, dialects[name]), count - 1);
  });
  const run = async (side: ServerSide, index: number): Promise<void> => {
    try {
      await script(side, index);
    } catch {
      side.socket.resetAndDestroy();
    }
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return count;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function sideOf(socket: net.Socket, dialect: Dialect): ServerSide {
  let received = Buffer.alloc(0);
  let taken = 0;
  let isOver = false;
  let decoder: Decoder | undefined;
  const reads: number[] = [];
  const events: WireEvent[] = [];
  let wake: () => void = () => undefined;
  const over = () => {
    isOver = true;
    wake();
  };
  socket.on("data", (data: Buffer) => {
    received = Buffer.concat([received, data]);
    reads.push(data.length);
    wake();
  });
  socket.on("end", over);
  socket.on("close", over);
  const more = () => new Promise<void>((resolve) => (wake = resolve));

  const side: ServerSide = {
    socket,
    dialect,
    reads,
    get received() {
      return received;
    },
    async request() {
      for (;;) {
        const reading = dialect.readRequest(received);
        if (reading.state === "complete") {
          taken = reading.consumed;
          decoder = dialect.decoder("client");
          return reading.value;
        }
        if (reading.state === "malformed" || isOver) throw new Error("no request came");
        await more();
      }
    },
    async accept(options) {
      const request = await side.request();
      side.send(dialect.openingResponse(request, options));
      return request;
    },
    async next(fits = () => true) {
      for (;;) {
        if (decoder && taken < received.length) {
          events.push(...decoder.push(received.subarray(taken)));
          taken = received.length;
        }
        const place = events.findIndex(fits);
        if (place >= 0) return events.splice(0, place + 1).at(-1);
        if (isOver) return undefined;
        await more();
      }
    },
    async message() {
      const event = await side.next(({ type }) => type === "message");
      if (event?.type !== "message") throw new Error("no message came");
      return Buffer.from(event.data).toString("utf8");
    },
    send: (bytes) => void socket.write(bytes),
    frame: (...frames) => side.send(Buffer.concat(frames.map((frame) => dialect.encode(frame, "server", noRandom)))),
    text: (text) => side.frame({ kind: "text", payload: Buffer.from(text, "utf8") }),
  };
  return side;
}
