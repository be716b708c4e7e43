/** The dialects against WebSocket implementations that are not ours, over real sockets. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { createRequire } from "node:module";
import net, { type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { dialects } from "./index.ts";
import type { Decoder, Dialect, End, FrameSpec, Reading, Request, Response, WireEvent } from "./types.ts";

const sizes = [0, 1, 125, 126, 127, 65535, 65536, 200_000];
const closers: (() => unknown)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

/** An end of a connection that speaks through a dialect: what it heard, and a way to wait for more. */
class Peer {
  readonly events: WireEvent[] = [];
  readonly #dialect: Dialect;
  readonly #socket: net.Socket;
  readonly #from: End;
  #decoder: Decoder | undefined;
  #head = Buffer.alloc(0);
  #woken: () => void = () => {};
  #ended = false;

  constructor(dialect: Dialect, socket: net.Socket, from: End) {
    this.#dialect = dialect;
    this.#socket = socket;
    this.#from = from;
    socket.on("data", (data) => this.#take(data));
    socket.on("end", () => {
      this.#ended = true;
      this.events.push(...(this.#decoder?.end() ?? []));
      this.#woken();
    });
  }

  #take(data: Uint8Array): void {
    if (this.#decoder) this.events.push(...this.#decoder.push(data));
    else this.#head = Buffer.concat([this.#head, data]);
    this.#woken();
  }

  /** Waits until `look` finds something, in the order in which things arrive. */
  async #until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.#ended) throw new Error("the connection ended");
      await new Promise<void>((resolve) => {
        this.#woken = resolve;
      });
    }
  }

  async handshake<T>(read: (bytes: Uint8Array) => Reading<T>): Promise<T> {
    const reading = await this.#until(() => {
      const result = read(this.#head);
      return result.state === "incomplete" ? undefined : result;
    });
    expect(reading.breaches).toEqual([]);
    if (reading.state !== "complete") throw new Error("malformed");
    this.#decoder = this.#dialect.decoder(this.#from === "client" ? "server" : "client");
    this.#take(this.#head.subarray(reading.consumed));
    return reading.value;
  }

  send(...frames: FrameSpec[]): void {
    for (const frame of frames) this.#socket.write(this.#dialect.encode(frame, this.#from, randomBytes));
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  next<T extends WireEvent["type"]>(type: T): Promise<Extract<WireEvent, { type: T }>> {
    return this.#until(() => {
      const at = this.events.findIndex((event) => event.type === type);
      return at < 0 ? undefined : (this.events.splice(at, 1)[0] as Extract<WireEvent, { type: T }>);
    });
  }

  /** The other end has closed its direction. */
  async ended(): Promise<void> {
    if (!this.#ended) await once(this.#socket, "end");
    this.#socket.end();
  }
}

async function open(dialect: Dialect, port: number, subprotocols: readonly string[] = []): Promise<Peer> {
  const socket = net.connect(port, "127.0.0.1");
  closers.push(() => socket.destroy());
  await once(socket, "connect");
  const peer = new Peer(dialect, socket, "client");
  const request = dialect.openingRequest({ host: `127.0.0.1:${port}`, subprotocols, random: randomBytes });
  peer.write(request.bytes);
  const response: Response = await peer.handshake((bytes) => dialect.readResponse(bytes, request));
  expect(response.status).toBe(101);
  return peer;
}

/** Everything a dialect can say to an echo, without a breach on its side. */
async function converse(peer: Peer, dialect: Dialect): Promise<void> {
  for (const size of sizes) {
    const payload = Buffer.alloc(size, "ä");
    const text = size % 2 === 0 ? payload : Buffer.alloc(size, "a");
    peer.send({ kind: "text", payload: text });
    const message = await peer.next("message");
    expect([message.kind, Buffer.from(message.data).equals(text)]).toEqual(["text", true]);
  }
  if (dialect.kinds.has("ping")) await converseInFrames(peer);
  peer.send({ kind: "close", payload: dialect.closePayload(1000) });
  const close = await peer.next("close");
  expect(close.code).toBe(dialect.kinds.has("ping") ? 1000 : undefined);
  expect(peer.events.filter((event) => event.type === "breach")).toEqual([]);
}

async function converseInFrames(peer: Peer): Promise<void> {
  peer.send({ kind: "binary", payload: randomBytes(300) });
  expect(await peer.next("message")).toMatchObject({ kind: "binary" });
  peer.events.length = 0;
  peer.send({ kind: "text", fin: false, payload: Buffer.from([0xe2, 0x82]) });
  peer.send({ kind: "ping", payload: Buffer.from("mid") });
  peer.send({ kind: "continuation", payload: Buffer.from([0xac]) });
  expect(Buffer.from((await peer.next("message")).data).toString()).toBe("€");
  const pong = peer.events.find((event) => event.type === "frame" && event.frame.kind === "pong");
  expect(pong?.type === "frame" && Buffer.from(pong.frame.payload).toString()).toBe("mid");
}

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

describe("ws", () => {
  const dialect = dialects.rfc6455;

  test("as a server", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
    closers.push(() => server.close());
    server.on("connection", (socket) => {
      socket.on("message", (data, binary) => socket.send(data, { binary }));
    });
    await once(server, "listening");
    const peer = await open(dialect, portOf(server), ["netconf"]);
    await converse(peer, dialect);
    await peer.ended();
  });

  test("as a client", async () => {
    const server = net.createServer();
    closers.push(() => server.close());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = new WebSocket(`ws://127.0.0.1:${portOf(server)}/netconf`, ["netconf"], { perMessageDeflate: false });
    const [socket] = (await once(server, "connection")) as [net.Socket];
    const peer = new Peer(dialect, socket, "server");
    const request: Request = await peer.handshake((bytes) => dialect.readRequest(bytes));
    expect(request).toMatchObject({ dialect: "rfc6455", subprotocols: ["netconf"], target: "/netconf" });
    peer.write(dialect.openingResponse(request));
    await once(client, "open");
    expect(client.protocol).toBe("netconf");
    client.on("message", (data, binary) => client.send(data, { binary }));
    await converse(peer, dialect);
    socket.end();
    await once(client, "close");
  });
});

/** What is used of websocket-driver, which has no types. */
interface Driver {
  readonly io: Duplex;
  readonly messages: Duplex;
  start(): boolean;
}

describe("websocket-driver", () => {
  const websocket = createRequire(import.meta.url)("websocket-driver") as {
    http(request: http.IncomingMessage, options: { protocols: string[] }): Driver;
  };
  let port: number;

  beforeAll(async () => {
    const server = http.createServer();
    closers.push(() => server.close());
    server.on("upgrade", (request, socket: Duplex, body) => {
      const driver = websocket.http(request, { protocols: ["netconf"] });
      driver.io.write(body);
      socket.pipe(driver.io).pipe(socket);
      driver.messages.pipe(driver.messages);
      driver.start();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = portOf(server);
  });

  // its hybi-00 leaves the subprotocol out of the answer, which the draft does not allow: none is asked for there
  test.each([
    ["hybi-00", []],
    ["rfc6455", ["netconf"]],
  ] as const)("as a server of %s", async (name, subprotocols) => {
    await converse(await open(dialects[name], port, subprotocols), dialects[name]);
  });
});

const ruby = spawnSync("ruby", ["-e", 'require "em-websocket"']).status === 0;

describe.skipIf(!ruby)("em-websocket", () => {
  let server: ChildProcess;
  let port: number;

  beforeAll(async () => {
    const script = fileURLToPath(new URL("../../fixtures/vectors/em-echo.rb", import.meta.url));
    server = spawn("ruby", [script], { stdio: ["pipe", "pipe", "inherit"] });
    closers.push(() => server.stdin?.end());
    const [line] = (await once(server.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    port = Number(line.toString());
  });

  test.each(["hybi-00", "hybi-06", "rfc6455"] as const)("as a server of %s", async (name) => {
    const peer = await open(dialects[name], port);
    await converse(peer, dialects[name]);
    await peer.ended();
  });

  test("takes frames of hybi-06 in the long forms, which are no breach there", async () => {
    const dialect = dialects["hybi-06"];
    const peer = await open(dialect, port);
    for (const lengthForm of ["7", "16", "64"] as const) {
      peer.send({ kind: "text", lengthForm, payload: Buffer.from("Hello") });
      expect(Buffer.from((await peer.next("message")).data).toString()).toBe("Hello");
    }
    peer.send({ kind: "text", mask: Buffer.alloc(4), payload: Buffer.from("clear key") });
    expect(Buffer.from((await peer.next("message")).data).toString()).toBe("clear key");
  });
});
