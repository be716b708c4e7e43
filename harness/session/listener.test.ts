/** Where clients come to, and the server's end of what came. */
import { once } from "node:events";
import net from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { dialectNames, dialects } from "../wire/index.ts";
import type { DialectName, Request } from "../wire/types.ts";
import { accept, type Connection } from "./connection.ts";
import type { Item } from "./item.ts";
import { type Listener, listen, openListener } from "./listener.ts";
import { type Recorder, startRecorder } from "./recorder.ts";

const open: { close?(): void; destroy?(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) (one.close ?? one.destroy)?.call(one);
});

const random = (size: number) => Buffer.alloc(size, 3);

async function listening(counts: number[] = []): Promise<Listener> {
  const listener = await listen("/netconf", { onArrival: (count) => counts.push(count) });
  open.push(listener);
  return listener;
}

function dial(url: string): net.Socket {
  const socket = net.connect({ port: Number(new URL(url).port), host: "127.0.0.1", allowHalfOpen: true });
  open.push(socket);
  return socket;
}

interface Met {
  readonly client: net.Socket;
  readonly connection: Connection;
  readonly recorder: Recorder;
  readonly request: Request;
}

/** A client that has sent its request, and our end of it. */
async function meet(name: DialectName = "rfc6455", behind: Uint8Array = new Uint8Array()): Promise<Met> {
  const listener = await listening();
  const client = dial(listener.url);
  const request = dialects[name].openingRequest({ host: "127.0.0.1", subprotocols: ["netconf"], random });
  client.write(Buffer.concat([request.bytes, behind]));
  const arrival = await listener.arrivals.next(() => true, 2000);
  if (!arrival) throw new Error("nobody came");
  const recorder = startRecorder();
  const limits = { sendDeadline: 2000, maxPayload: 1 << 20, maxInbound: 1 << 20 };
  const connection = accept(arrival, {
    ...{ name: "a", dialect: dialects[name], recorder, random, messageKind: "text" },
    ...limits,
  });
  open.push(connection);
  await connection.next((item) => item.type === "request", 2000);
  return { client, connection, recorder, request };
}

const isClose = (item: Item) => item.type === "close";
const isEnd = (item: Item) => item.type === "end";

describe("a listener", () => {
  test("hands connections on in the order of their arrival, and counts them", async () => {
    const counts: number[] = [];
    const listener = await listening(counts);
    for (const text of ["first", "second"]) {
      const socket = dial(listener.url);
      socket.write(text);
      await listener.arrivals.next(() => true, 2000, counts.length);
    }
    expect(counts).toEqual([1, 2]);
    const [first] = listener.arrivals.items;
    first?.socket.resume();
    expect(String((await once(first?.socket as net.Socket, "data"))[0])).toBe("first");
  });

  test("says at the deadline that nobody came", async () => {
    const listener = await listening();
    expect(await listener.arrivals.next(() => true, 20)).toBeUndefined();
  });

  test("takes a connection that somebody else accepted, with the bytes read so far", async () => {
    const place = openListener("ws://127.0.0.1:1/case/x");
    const server = net.createServer((socket) => place.offer(socket, Buffer.from("GET ")));
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    dial(`ws://127.0.0.1:${(server.address() as net.AddressInfo).port}/`);
    const arrival = await place.arrivals.next(() => true, 2000);
    expect(String(arrival?.bytes)).toBe("GET ");
    arrival?.socket.destroy();
  });

  test("cuts what comes when it is closed", async () => {
    const place = openListener("ws://127.0.0.1:1/");
    place.close();
    const socket = new net.Socket();
    place.offer(socket, new Uint8Array());
    expect(socket.destroyed).toBe(true);
  });
});

describe.each(dialectNames)("the server's end of %s", (name) => {
  test("reads the request, answers it and exchanges messages", async () => {
    const { client, connection, recorder, request } = await meet(name);
    expect(connection.request?.target).toBe("/netconf");
    await connection.respond();
    const text = dialects[name].encode({ kind: "text", payload: Buffer.from("<hello/>") }, "client", random);
    client.write(text);
    const item = await connection.next((one) => one.type === "message", 2000);
    expect(item).toMatchObject({ text: "<hello/>" });
    const [bytes] = (await once(client, "data")) as [Buffer];
    expect(dialects[name].readResponse(bytes, request)).toMatchObject({ state: "complete", breaches: [] });
    const from = recorder.entries.flatMap((entry) => (entry.type === "step" ? [] : [`${entry.type} ${entry.from}`]));
    expect(from).toEqual(["tcp client", "bytes client", "bytes server", "bytes client"]);
  });

  test("answers the closing handshake and ends TCP first", async () => {
    const { client, connection, recorder } = await meet(name);
    await connection.respond();
    client.write(
      dialects[name].encode({ kind: "close", payload: dialects[name].closePayload(1000) }, "client", random),
    );
    await connection.next(isClose, 2000);
    client.resume();
    await once(client, "end");
    client.end();
    await connection.next(isEnd, 2000);
    expect(recorder.entries.filter(({ type }) => type === "tcp").slice(1)).toEqual([
      expect.objectContaining({ from: "server", event: "fin" }),
      expect.objectContaining({ from: "client", event: "fin" }),
    ]);
  });
});

describe("the server's end", () => {
  const frame = dialects.rfc6455.encode({ kind: "ping", payload: Buffer.from("x") }, "client", random);

  test("keeps what comes before the answer until it was given", async () => {
    const { connection } = await meet("rfc6455", frame);
    expect(connection.inbox.some((item) => item.type === "frame")).toBe(false);
    await connection.respond();
    expect(await connection.next((item) => item.type === "frame", 2000)).toMatchObject({ frame: { kind: "ping" } });
  });

  test("holds a part of the answer back until it is released", async () => {
    const { client, connection, request } = await meet();
    await connection.respond({ hold: -10 });
    const [first] = (await once(client, "data")) as [Buffer];
    expect(dialects.rfc6455.readResponse(first, request).state).toBe("incomplete");
    await connection.release();
    const [rest] = (await once(client, "data")) as [Buffer];
    expect(dialects.rfc6455.readResponse(Buffer.concat([first, rest]), request).state).toBe("complete");
  });

  test("sends any bytes in place of a response, with frames behind them", async () => {
    const { client, connection } = await meet();
    await connection.respond({ raw: Buffer.from("HTTP/1.1 101 x\r\n\r\n"), tail: Buffer.from("tail") });
    expect(String((await once(client, "data"))[0])).toBe("HTTP/1.1 101 x\r\n\r\ntail");
  });

  test("does not end TCP behind the closing handshake when it is told not to", async () => {
    const { client, connection, recorder } = await meet();
    await connection.respond();
    connection.auto.end = false;
    client.write(dialects.rfc6455.encode({ kind: "close", payload: new Uint8Array() }, "client", random));
    await connection.next(isClose, 2000);
    expect(recorder.entries.filter(({ type }) => type === "tcp")).toHaveLength(1);
  });
});
