/** A WebSocket client of any dialect over a bare socket, for tests: sends what it is told, keeps what it gets. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { dialects } from "../../wire/index.ts";
import type { DialectName, FrameSpec, RequestOptions, WireEvent } from "../../wire/types.ts";

export interface RawClient {
  readonly socket: Socket;
  /** Text of the answer up to the blank line. */
  head: string;
  readonly events: WireEvent[];
  /** Text messages so far. */
  texts(): string[];
  /** Bytes of frames, to be cut or put together at will. */
  frame(spec: FrameSpec): Buffer;
  text(message: string): Buffer;
  send(...bytes: readonly Uint8Array[]): void;
  /** Waits until `ready` holds. */
  until(ready: () => boolean): Promise<void>;
  /** Waits for the next text message after those seen by `next` before. */
  next(): Promise<string>;
  /** Whether a close of the server is answered; default true. */
  answers: boolean;
  /** Waits for the end of the connection; gives the close codes received. */
  ended(): Promise<(number | undefined)[]>;
}

/** Sends bytes on a new connection and gives all that came back until it ended. */
export async function exchange(port: number, bytes: string | Uint8Array): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const got: Buffer[] = [];
  socket.on("data", (chunk) => got.push(chunk));
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  return Buffer.concat(got).toString("latin1");
}

export function requestOf(dialect: DialectName, port: number, options: Partial<RequestOptions> = {}) {
  const defaults = { host: `127.0.0.1:${port}`, subprotocols: ["netconf"], origin: "http://example.com" };
  return dialects[dialect].openingRequest({ ...defaults, random: randomBytes, ...options });
}

/** Opens a WebSocket. @param segments how the bytes of the request are cut, default not at all */
export async function openRaw(
  dialect: DialectName,
  port: number,
  segments: (bytes: Uint8Array) => readonly Uint8Array[] = (bytes) => [bytes],
): Promise<RawClient> {
  const codec = dialects[dialect];
  const request = requestOf(dialect, port);
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  const decoder = codec.decoder("server");
  const events: WireEvent[] = [];
  const watchers = new Set<() => void>();
  let ended = false;
  let unread: Buffer = Buffer.alloc(0);
  let seen = 0;

  const take = (bytes: Uint8Array): void => {
    const read = decoder.push(bytes);
    events.push(...read);
    const isClose = read.some(({ type }) => type === "close");
    if (isClose && client.answers && socket.writable) client.send(client.frame({ kind: "close" }));
  };
  const receive = (bytes: Buffer): void => {
    if (client.head !== "") {
      take(bytes);
      return;
    }
    unread = Buffer.concat([unread, bytes]);
    const reading = codec.readResponse(unread, request);
    if (reading.state === "malformed") throw new Error("malformed answer");
    if (reading.state === "incomplete") return;
    client.head = unread.subarray(0, reading.consumed).toString("latin1");
    for (const breach of reading.breaches) events.push(breach);
    take(unread.subarray(reading.consumed));
  };
  const texts = (): string[] =>
    events.flatMap((event) => (event.type === "message" ? [Buffer.from(event.data).toString()] : []));
  const until = (ready: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const watch = (): void => {
        if (!ready()) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
      watch();
    });
  const client: RawClient = {
    socket,
    head: "",
    answers: true,
    events,
    texts,
    frame: (spec) => Buffer.from(codec.encode(spec, "client", randomBytes)),
    text: (message) => client.frame({ kind: "text", payload: Buffer.from(message) }),
    send: (...bytes) => void socket.write(Buffer.concat(bytes)),
    until,
    async next() {
      await until(() => texts().length > seen || ended);
      return texts()[seen++] ?? "";
    },
    async ended() {
      await until(() => ended);
      return events.flatMap((event) => (event.type === "close" ? [event.code] : []));
    },
  };
  socket.on("data", (bytes) => {
    receive(bytes);
    for (const watch of [...watchers]) watch();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    ended = true;
    for (const watch of [...watchers]) watch();
  });
  await once(socket, "connect");
  for (const segment of segments(request.bytes)) {
    socket.write(segment);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => client.head !== "" || ended);
  return client;
}
