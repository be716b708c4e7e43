import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { DialectName } from "../wire/types.ts";
import { type Bench, type Pair, startBench } from "./bench.ts";
import { startMutant } from "./proxy.ts";
import type { TransformSpec } from "./types.ts";

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function pairOf(transform: readonly TransformSpec[], name: DialectName = "rfc6455"): Promise<Pair> {
  const bench = await startBench(transform, name);
  benches.push(bench);
  return bench.open();
}

/** A transform that looks at every message and frame and changes none. */
const idle: readonly TransformSpec[] = [
  { "drop-message": { from: "client", text: "never" } },
  { "drop-message": { from: "server", text: "never" } },
  { "drop-frame": { from: "client", opcode: 15, nth: 99 } },
  { "drop-frame": { from: "server", opcode: 15, nth: 99 } },
];

describe("a mutant that changes nothing", () => {
  test.each(["rfc6455", "hybi-06", "hybi-00"] as const)("passes %s byte for byte", async (name) => {
    for (const transform of [[], idle]) {
      const pair = await pairOf(transform, name);
      await pair.upgrade();
      if (name === "hybi-00") await pair.client.read(16);
      const sent = pair.encode("client", { kind: "text", payload: Buffer.from("héllo") });
      pair.client.send(sent.subarray(0, 3));
      pair.client.send(sent.subarray(3));
      expect(await pair.server.read(sent.length)).toEqual(Buffer.from(sent));
      const back = pair.encode("server", { kind: "text", payload: Buffer.alloc(70_000, "x") });
      pair.server.send(back);
      expect((await pair.client.read(back.length)).equals(back)).toBe(true);
    }
  });

  test("passes illegal frames, garbage and a cut frame", async () => {
    const pair = await pairOf(idle);
    await pair.upgrade();
    const bytes = Buffer.concat([
      pair.encode("client", { opcode: 3, rsv: 5, payload: Buffer.from("x") }),
      pair.encode("client", { kind: "continuation", payload: Buffer.from("x"), mask: false }),
      pair.encode("client", { kind: "text", fin: false, payload: Buffer.from("a") }),
      pair.encode("client", { kind: "text", payload: Buffer.from("b"), lengthForm: "64" }),
      Buffer.from("81ff8000000000000005", "hex"),
    ]);
    pair.client.send(bytes);
    pair.client.end();
    expect((await pair.server.rest()).bytes).toEqual(bytes);
  });

  test("lets a client's TCP end and a server's reset through", async () => {
    const pair = await pairOf(idle);
    await pair.upgrade();
    pair.client.end();
    expect((await pair.server.rest()).reset).toBe(false);
    pair.server.end();
    expect((await pair.client.rest()).bytes).toHaveLength(0);
  });

  test("passes a refusal and its body", async () => {
    const pair = await pairOf([{ "alter-response": { set: { "X-A": "1" } } }]);
    pair.client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await pair.server.until("\r\n\r\n");
    pair.server.send("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
    pair.server.end();
    expect((await pair.client.rest()).bytes.toString()).toBe("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
  });
});

test("a mutant of a real server changes what it was told to and nothing else", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const transform = [{ "alter-frame": { from: "server", kind: "pong", change: { text: "pong" } } }];
  const mutant = {
    id: "t/t",
    title: "",
    requirement: "T-1",
    role: "server",
    dialects: ["rfc6455"],
    transform,
  } as const;
  const proxy = await startMutant(mutant, { host: "127.0.0.1", port }, "rfc6455", 1);
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/`);
  await once(socket, "open");
  socket.send("hello");
  expect(String((await once(socket, "message"))[0])).toBe("hello");
  socket.ping("abc");
  expect(String((await once(socket, "pong"))[0])).toBe("pong");
  socket.close(1000);
  expect((await once(socket, "close"))[0]).toBe(1000);
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

test("an upstream that is gone resets the client", async () => {
  const mutant = {
    id: "t/t",
    title: "",
    requirement: "T-1",
    role: "server",
    dialects: ["rfc6455"],
    transform: [],
  } as const;
  const idleServer = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(idleServer, "listening");
  const { port } = idleServer.address() as { port: number };
  await new Promise((resolve) => idleServer.close(resolve));
  const proxy = await startMutant(mutant, { host: "127.0.0.1", port }, "rfc6455", 1);
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/`);
  const [error] = await once(socket, "error");
  expect(error).toBeInstanceOf(Error);
  await proxy.close();
});
