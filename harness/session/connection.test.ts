/** A live connection against servers that do what a script says. */
import net from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { dialects } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";
import { authorityOf, type Connection, type ConnectionOptions, connect } from "./connection.ts";
import type { Item } from "./item.ts";
import { type Recorder, startRecorder } from "./recorder.ts";
import { type ScriptedServer, type ServerSide, scriptedServer } from "./testing/scripted-server.ts";

const open: (Connection | ScriptedServer | net.Server)[] = [];
afterEach(() => {
  for (const one of open.splice(0)) {
    if ("destroy" in one) one.destroy();
    else void one.close();
  }
});

async function listening(
  script: (side: ServerSide, index: number) => Promise<void> | void,
  dialect: DialectName = "rfc6455",
): Promise<number> {
  const server = await scriptedServer(dialect, script);
  open.push(server);
  return server.port;
}

interface Live {
  readonly connection: Connection;
  readonly recorder: Recorder;
}

async function live(
  port: number,
  more: Partial<ConnectionOptions> & { name?: string } = {},
  dialect: DialectName = "rfc6455",
): Promise<Live> {
  const recorder = startRecorder();
  const connection = await connect({
    name: "a",
    host: "127.0.0.1",
    port,
    secure: false,
    dialect: dialects[dialect],
    recorder,
    random: (size) => Buffer.alloc(size, 3),
    messageKind: "text",
    connectDeadline: 2000,
    sendDeadline: 2000,
    maxPayload: 1 << 20,
    maxInbound: 1 << 20,
    ...more,
  });
  if ("failure" in connection) throw new Error(connection.failure);
  open.push(connection);
  return { connection, recorder };
}

const isResponse = (item: Item) => item.type === "response";
const isEnd = (item: Item) => item.type === "end";
const isMessage = (item: Item): item is Extract<Item, { type: "message" }> => item.type === "message";
const never = () => false;
const tcpEvents = ({ entries }: Recorder) =>
  entries.flatMap((entry) => (entry.type === "tcp" ? [`${entry.from} ${entry.event}`] : []));
const kinds = ({ inbox }: Connection) => inbox.map((item) => item.type);

async function upgraded(
  port: number,
  more: Partial<ConnectionOptions> = {},
  dialect: DialectName = "rfc6455",
): Promise<Live> {
  const made = await live(port, more, dialect);
  await made.connection.sendRequest({
    subprotocols: ["netconf"],
    ...(dialect === "hybi-00" ? { origin: "http://x" } : {}),
  });
  expect(await made.connection.next(isResponse, 2000)).toMatchObject({ response: { status: 101 } });
  return made;
}

describe("connecting", () => {
  test("a refused connection is recorded with its reason", async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const recorder = startRecorder();
    const connection = await connect({
      name: "a",
      host: "127.0.0.1",
      port,
      secure: false,
      dialect: dialects.rfc6455,
      recorder,
      random: Buffer.alloc,
      messageKind: "text",
      connectDeadline: 2000,
      sendDeadline: 2000,
      maxPayload: 1,
      maxInbound: 1,
    });
    expect(connection).toEqual({ failure: "ECONNREFUSED" });
    expect(tcpEvents(recorder)).toEqual(["client refused"]);
    expect(recorder.entries[1]).toMatchObject({ step: "no-connection", detail: { reason: "ECONNREFUSED" } });
  });

  test("one that does not come about within the deadline is given up", async () => {
    // TLS that the other side never speaks.
    const port = await listening(() => undefined);
    const recorder = startRecorder();
    const connection = await connect({
      name: "a",
      host: "127.0.0.1",
      port,
      secure: true,
      dialect: dialects.rfc6455,
      recorder,
      random: Buffer.alloc,
      messageKind: "text",
      connectDeadline: 30,
      sendDeadline: 2000,
      maxPayload: 1,
      maxInbound: 1,
    });
    expect(connection).toEqual({ failure: "no connection within 30 ms" });
    expect(recorder.entries[1]).toMatchObject({ detail: { reason: "no connection within 30 ms" } });
  });
});

test.each([
  [{ host: "h", port: 80, secure: false }, "h"],
  [{ host: "h", port: 443, secure: false }, "h:443"],
  [{ host: "h", port: 443, secure: true }, "h"],
  [{ host: "::1", port: 80, secure: true }, "[::1]:80"],
])("the authority of %j is %s", (target, authority) => expect(authorityOf(target)).toBe(authority));

describe("the opening handshake", () => {
  test.each(["hybi-00", "hybi-06", "rfc6455"] as const)(
    "%s, with frames in the segment of the answer",
    async (dialect) => {
      const port = await listening(async (side) => {
        const request = await side.request();
        const hello = side.dialect.encode({ kind: "text", payload: Buffer.from("<a/>") }, "server", Buffer.alloc);
        side.send(Buffer.concat([side.dialect.openingResponse(request), hello]));
      }, dialect);
      const { connection } = await upgraded(port, {}, dialect);
      expect(await connection.next(isMessage, 2000)).toMatchObject({ text: "<a/>", netconf: { kind: "other" } });
      expect(kinds(connection)).toEqual(["head", "response", "frame", "message"]);
    },
  );

  test("a head without its 16 bytes is a head only (hybi-00)", async () => {
    const port = await listening(async (side) => {
      const request = await side.request();
      const answer = side.dialect.openingResponse(request);
      side.send(answer.subarray(0, answer.length - 16));
      side.socket.end();
    }, "hybi-00");
    const { connection } = await live(port, {}, "hybi-00");
    await connection.sendRequest({ origin: "http://x" });
    await connection.next(isEnd, 2000);
    expect(kinds(connection)).toEqual(["head", "end"]);
  });

  test("a refusal ends it: its body is neither read as frames nor answered", async () => {
    const port = await listening(async (side) => {
      await side.request();
      side.send("HTTP/1.1 400 Bad Request\r\n\r\n");
      await new Promise((resolve) => setImmediate(resolve));
      // A ping and a close, had they been frames.
      side.send(Buffer.from("8900880081023c3c", "hex"));
      side.socket.end();
      expect(await side.next()).toBeUndefined();
    });
    const { connection, recorder } = await live(port);
    await connection.sendRequest({});
    expect(await connection.next(isEnd, 2000)).toEqual({ type: "end", how: "fin" });
    expect(kinds(connection)).toEqual(["head", "response", "end"]);
    expect(recorder.entries.filter((entry) => entry.type === "bytes" && entry.from === "client")).toHaveLength(1);
  });

  test("what is no HTTP is told once", async () => {
    const port = await listening((side) => {
      side.send("220 ready\r\n");
      for (let index = 0; index < 20; index += 1) side.send("x".repeat(1000));
      side.socket.end();
    });
    const { connection } = await live(port);
    await connection.sendRequest({});
    await connection.next(isEnd, 2000);
    expect(kinds(connection)).toEqual(["malformed", "end"]);
  });

  test("held back bytes go out with the release", async () => {
    let first = 0;
    const port = await listening(async (side) => {
      while (side.received.length < 20) await new Promise((resolve) => side.socket.once("data", resolve));
      first = side.received.length;
      side.socket.write("HTTP/1.1 ");
      await side.request();
      side.send("400 x\r\n\r\n");
    });
    const { connection } = await live(port);
    await connection.sendRequest({}, { hold: 20 });
    expect(await connection.next(isResponse, 20)).toBeUndefined();
    await connection.release({ cut: 30 });
    expect(await connection.next(isResponse, 2000)).toMatchObject({ response: { status: 400 } });
    expect(first).toBe(20);
  });

  test("frames behind the request are in its segment", async () => {
    let text = "";
    const port = await listening(async (side) => {
      await side.accept();
      text = await side.message();
      side.socket.end();
    });
    const { connection, recorder } = await live(port);
    await connection.sendRequest({}, { tail: connection.encode({ kind: "text", payload: Buffer.from("early") }) });
    await connection.next(isEnd, 2000);
    expect(text).toBe("early");
    expect(recorder.entries.filter((entry) => entry.type === "bytes" && entry.from === "client")).toHaveLength(1);
  });
});

describe("waiting", () => {
  test("ends at the deadline", async () => {
    const { connection } = await upgraded(await listening(async (side) => void (await side.accept())));
    const started = performance.now();
    expect(await connection.next(never, 30)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test.each([
    ["fin", (side: ServerSide) => side.socket.end()],
    ["reset", (side: ServerSide) => side.socket.resetAndDestroy()],
  ] as const)("ends at once when nothing more can come: %s", async (how, act) => {
    const port = await listening(async (side) => {
      await side.accept();
      await side.message();
      act(side);
    });
    const { connection, recorder } = await upgraded(port);
    const waiting = connection.next(never, 60_000);
    await connection.sendMessage("go");
    expect(await waiting).toBeUndefined();
    expect(connection.ended).toBe(true);
    expect(await connection.next(never, 60_000)).toBeUndefined();
    expect(connection.inbox.at(-1)).toEqual({ type: "end", how });
    expect(tcpEvents(recorder)).toEqual(["client open", `server ${how}`]);
  });

  test("finds what came before, from a place on", async () => {
    const port = await listening(async (side) => {
      await side.accept();
      side.text("<one/>");
      side.text("<two/>");
    });
    const { connection } = await upgraded(port);
    await connection.next((item) => isMessage(item) && item.text === "<two/>", 2000);
    expect(await connection.next(isMessage, 0)).toMatchObject({ text: "<one/>" });
    const place = connection.inbox.findIndex(isMessage);
    expect(await connection.next(isMessage, 0, place + 1)).toMatchObject({ text: "<two/>" });
    expect(await connection.next(isMessage, 10, connection.inbox.length)).toBeUndefined();
  });

  test("is over when the connection is destroyed", async () => {
    const { connection, recorder } = await upgraded(await listening(async (side) => void (await side.accept())));
    const waiting = connection.next(never, 60_000);
    connection.destroy();
    expect(await waiting).toBeUndefined();
    await connection.sendMessage("nothing goes out");
    expect(recorder.entries.at(-1)).toMatchObject({ type: "bytes", from: "server" });
  });
});

describe("what a peer can cost", () => {
  test("more than may come in cuts the connection from our side", async () => {
    const port = await listening(async (side) => {
      await side.accept();
      await side.message();
      for (let index = 0; index < 64; index += 1) side.text("x".repeat(1000));
    });
    const { connection, recorder } = await upgraded(port, { maxInbound: 20_000 });
    await connection.sendMessage("go");
    expect(await connection.next(never, 5000)).toBeUndefined();
    expect(connection.ended).toBe(true);
    expect(connection.givenUp).toBe("more than 20000 bytes came in");
    expect(tcpEvents(recorder)).toEqual(["client open", "client reset"]);
    expect(recorder.entries).toContainEqual(expect.objectContaining({ step: "given-up" }));
  });

  test("a message beyond the limit is not kept", async () => {
    const port = await listening(async (side) => {
      await side.accept();
      side.text("x".repeat(5000));
      side.socket.end();
    });
    const { connection } = await upgraded(port, { maxPayload: 1000 });
    await connection.next(isEnd, 2000);
    expect(kinds(connection)).toEqual(["head", "response", "end"]);
  });

  test("a peer that does not read does not hold us up beyond the deadline", async () => {
    const port = await listening(async (side) => {
      await side.accept();
      side.socket.pause();
    });
    const { connection } = await upgraded(port, { sendDeadline: 50 });
    const started = performance.now();
    await connection.sendMessage("x".repeat(32 << 20));
    expect(performance.now() - started).toBeLessThan(3000);
    await connection.sendBytes(Buffer.alloc(200), { cut: "each" });
    expect(performance.now() - started).toBeLessThan(4000);
  });
});

describe("what is answered by itself", () => {
  test("pings and the close, once each", async () => {
    const seen: string[] = [];
    const port = await listening(async (side) => {
      await side.accept();
      side.frame({ kind: "ping", payload: Buffer.from("p") });
      side.frame({ kind: "close", payload: side.dialect.closePayload(1001, "bye") });
      side.frame({ kind: "ping" });
      for (let event = await side.next(); event; event = await side.next())
        if (event.type === "frame")
          seen.push(`${event.frame.kind} ${Buffer.from(event.frame.payload).toString("hex")}`);
      side.socket.end();
    });
    const { connection } = await upgraded(port);
    await connection.next((item) => item.type === "close", 2000);
    connection.end("fin");
    await connection.next(isEnd, 2000);
    expect(seen).toEqual(["pong 70", "close 03e9"]);
  });

  test("neither when told not to", async () => {
    const seen: string[] = [];
    const port = await listening(async (side) => {
      await side.accept();
      await side.message();
      side.frame({ kind: "ping" }, { kind: "close" });
      for (let event = await side.next(); event; event = await side.next()) seen.push(event.type);
      side.socket.end();
    });
    const { connection } = await upgraded(port);
    Object.assign(connection.auto, { pong: false, close: false });
    await connection.sendMessage("go");
    await connection.next((item) => item.type === "close", 2000);
    connection.end("fin");
    await connection.next(isEnd, 2000);
    expect(seen).toEqual([]);
  });

  test("not after our own close", async () => {
    const seen: string[] = [];
    const port = await listening(async (side) => {
      await side.accept();
      await side.next(({ type }) => type === "close");
      side.frame({ kind: "ping" }, { kind: "close" });
      for (let event = await side.next(); event; event = await side.next()) seen.push(event.type);
      side.socket.end();
    });
    const { connection } = await upgraded(port);
    await connection.sendBytes(connection.encode({ kind: "close" }));
    await connection.next((item) => item.type === "close", 2000);
    connection.end("fin");
    await connection.next(isEnd, 2000);
    expect(seen).toEqual([]);
  });

  test("never inside a frame that is sent in pieces", async () => {
    const port = await listening(async (side) => {
      await side.accept();
      for (let index = 0; index < 5; index += 1) {
        side.frame({ kind: "ping", payload: Buffer.from([index]) });
        await new Promise((resolve) => side.socket.once("data", resolve));
      }
      side.text((await side.message()) === "<whole/>" ? "<yes/>" : "<no/>");
    });
    const { connection } = await upgraded(port);
    await connection.sendMessage("<whole/>", { cut: "each" });
    expect(await connection.next(isMessage, 2000)).toMatchObject({ text: "<yes/>" });
  });
});

describe("ending", () => {
  test("our direction alone: what the peer still sends is read", async () => {
    const port = await listening(async (side) => {
      await side.accept();
      expect(await side.next()).toBeUndefined();
      side.text("<late/>");
      side.socket.end();
    });
    const { connection, recorder } = await upgraded(port);
    connection.end("fin");
    await connection.sendMessage("nothing goes out any more");
    expect(await connection.next(isMessage, 2000)).toMatchObject({ text: "<late/>" });
    await connection.next(isEnd, 2000);
    expect(tcpEvents(recorder)).toEqual(["client open", "client fin", "server fin"]);
  });

  test("by a reset", async () => {
    let how = "";
    const port = await listening(async (side) => {
      side.socket.on("error", (error: NodeJS.ErrnoException) => (how = error.code ?? ""));
      await side.accept();
      await side.next();
    });
    const { connection, recorder } = await upgraded(port);
    connection.end("reset");
    expect(tcpEvents(recorder)).toEqual(["client open", "client reset"]);
    await expect.poll(() => how).toBe("ECONNRESET");
  });

  test("by a reset that our own FIN precedes", async () => {
    let how = "";
    let server: net.Socket | undefined;
    const port = await listening(async (side) => {
      side.socket.on("error", (error: NodeJS.ErrnoException) => (how = error.code ?? ""));
      await side.accept();
      await side.next();
      server = side.socket;
    });
    const { connection } = await upgraded(port);
    connection.end("fin");
    connection.end("reset");
    const answered = () => {
      server?.write("x");
      return how;
    };
    await expect.poll(answered).toMatch(/^(ECONNRESET|EPIPE)$/);
  });

  test("a paused connection reads on when it is resumed", async () => {
    const port = await listening(async (side) => {
      await side.accept();
      await side.message();
      side.text("<x/>");
    });
    const { connection } = await upgraded(port);
    connection.pause();
    await connection.sendMessage("go");
    expect(await connection.next(isMessage, 30)).toBeUndefined();
    connection.resume();
    expect(await connection.next(isMessage, 2000)).toMatchObject({ text: "<x/>" });
  });
});
