/** What the tests of this folder share: a mutant between two scripted ends. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { dialects } from "../wire/index.ts";
import type { Dialect, DialectName, End, FrameSpec, Request } from "../wire/types.ts";
import { startMutant } from "./proxy.ts";
import { seededBytes } from "./random.ts";
import type { TransformSpec } from "./types.ts";

/** One scripted end. Reads wait for what they name and leave the rest. */
export interface Peer {
  send(bytes: Uint8Array | string): void;
  /** Takes exactly `size` bytes. */
  read(size: number): Promise<Buffer>;
  /** Takes everything up to and including `mark`. */
  until(mark: string): Promise<string>;
  /** Waits for the end of the stream; what was left, and whether it was a reset. */
  rest(): Promise<{ readonly bytes: Buffer; readonly reset: boolean }>;
  end(): void;
}

function peer(socket: Socket): Peer {
  socket.setNoDelay(true);
  let bytes = Buffer.alloc(0);
  let over = false;
  let reset = false;
  let wake = () => {};
  socket.on("data", (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    wake();
  });
  socket.on("error", () => {
    reset = true;
  });
  for (const event of ["end", "close"]) {
    socket.on(event, () => {
      over = true;
      wake();
    });
  }
  const change = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  async function take(size: () => number): Promise<Buffer> {
    while (size() < 0 || bytes.length < size()) {
      if (over) throw new Error(`the stream ended after ${bytes.toString("latin1")}`);
      await change();
    }
    const taken = bytes.subarray(0, size());
    bytes = bytes.subarray(taken.length);
    return taken;
  }
  return {
    send: (data) => void socket.write(data),
    read: (size) => take(() => size),
    async until(mark) {
      const found = await take(() => {
        const at = bytes.indexOf(mark);
        return at < 0 ? -1 : at + mark.length;
      });
      return found.toString("latin1");
    },
    async rest() {
      while (!over) await change();
      return { bytes, reset };
    },
    end: () => void socket.end(),
  };
}

export interface Bench {
  readonly dialect: Dialect;
  /** Opens a connection through the mutant: its two ends. */
  open(): Promise<Pair>;
  close(): Promise<void>;
}

export interface Pair {
  readonly client: Peer;
  readonly server: Peer;
  /** Runs the opening handshake; the request as the server saw it, the response as the client saw it. */
  upgrade(): Promise<{ readonly request: Request; readonly response: string }>;
  sendText(from: End, text: string): void;
  sendFrame(from: End, spec: FrameSpec): void;
  encode(from: End, spec: FrameSpec): Uint8Array;
}

/** Starts a mutant of these transforms in front of a scripted server. */
export async function startBench(
  transform: readonly TransformSpec[],
  name: DialectName = "rfc6455",
  seed = 1,
): Promise<Bench> {
  const dialect = dialects[name];
  const random = seededBytes(7);
  const upstream = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as { port: number };
  const mutant = { id: "t/t", title: "", requirement: "T-1", role: "server", dialects: [name], transform } as const;
  const proxy = await startMutant(mutant, { host: "127.0.0.1", port }, name, seed);
  const sockets: Socket[] = [];

  async function open(): Promise<Pair> {
    const accepted = once(upstream, "connection") as Promise<[Socket]>;
    const near = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
    const [far] = await accepted;
    sockets.push(near, far);
    const [client, server] = [peer(near), peer(far)];
    const encode = (from: End, spec: FrameSpec) => dialect.encode(spec, from, random);
    const sendFrame = (from: End, spec: FrameSpec) => (from === "client" ? client : server).send(encode(from, spec));
    return {
      client,
      server,
      encode,
      sendFrame,
      sendText: (from, text) => sendFrame(from, { kind: "text", payload: Buffer.from(text) }),
      async upgrade() {
        const asked = dialect.openingRequest({ host: "example.com", origin: "http://example.com", random });
        client.send(asked.bytes);
        const head = await server.until("\r\n\r\n");
        const tail = name === "hybi-00" ? await server.read(8) : new Uint8Array();
        const reading = dialect.readRequest(Buffer.concat([Buffer.from(head, "latin1"), tail]));
        if (reading.state !== "complete") throw new Error(`the request is ${reading.state}`);
        server.send(dialect.openingResponse(reading.value));
        return { request: reading.value, response: await client.until("\r\n\r\n") };
      },
    };
  }

  return {
    dialect,
    open,
    async close() {
      await proxy.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => upstream.close(resolve));
    },
  };
}
