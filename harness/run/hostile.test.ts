/** Peers that are broken or hostile cost findings or `inconc`, never a hang, a crash or much memory. */
import { createHash } from "node:crypto";
import net, { type AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { targetFromUrl } from "../target/file.ts";
import { run } from "./index.ts";
import type { Results } from "./results.ts";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const servers: net.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server on a free port; `attend` gets each socket and the text of its request head. */
async function serve(
  attend: (socket: net.Socket, head: string) => void,
  onConnect?: (socket: net.Socket) => void,
): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on("error", () => socket.destroy());
    if (onConnect) return onConnect(socket);
    let head = "";
    socket.on("data", function collect(data) {
      head += data.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", collect);
      attend(socket, head);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/netconf`;
}

function upgrade(socket: net.Socket, head: string): boolean {
  const key = /sec-websocket-key: *(\S+)/i.exec(head)?.[1];
  if (!/sec-websocket-version: *13/i.test(head) || key === undefined) {
    socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    return false;
  }
  const accept = createHash("sha1")
    .update(key + guid)
    .digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: netconf\r\n\r\n`,
  );
  return true;
}

function textFrame(payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload);
  const head = bytes.length < 126 ? Buffer.from([0x81, bytes.length]) : Buffer.alloc(bytes.length < 65536 ? 4 : 10);
  if (bytes.length >= 126 && bytes.length < 65536) {
    head.writeUInt16BE(0x817e);
    head.writeUInt16BE(bytes.length, 2);
  } else if (bytes.length >= 65536) {
    head.writeUInt16BE(0x817f);
    head.writeBigUInt64BE(BigInt(bytes.length), 2);
  }
  return Buffer.concat([head, bytes]);
}

const hello =
  '<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities><capability>urn:ietf:params:netconf:base:1.1</capability></capabilities><session-id>1</session-id></hello>';

/** A quarter of the default deadlines: what is shown here does not depend on them. */
async function judged(url: string): Promise<{ results: Results; seconds: number; grownMiB: number }> {
  const before = process.memoryUsage().rss;
  const started = performance.now();
  const results = await run({ target: targetFromUrl(url), timeScale: 0.25 });
  return {
    results,
    seconds: (performance.now() - started) / 1000,
    grownMiB: (process.memoryUsage().rss - before) / 1024 / 1024,
  };
}

function expectSober({ results, seconds, grownMiB }: { results: Results; seconds: number; grownMiB: number }): void {
  expect(results.complete).toBe(true);
  expect(results.cases.length).toBe(results.planned);
  expect(
    results.summary.error,
    JSON.stringify(results.cases.filter((one) => one.verdict === "error").slice(0, 3)),
  ).toBe(0);
  expect(results.summary.fail + results.summary.inconc).toBeGreaterThan(0);
  expect(
    results.cases.filter(
      (one) =>
        one.verdict === "pass" &&
        one.suite !== "handshake" &&
        one.suite !== "closing" &&
        one.suite !== "framing" &&
        one.suite !== "binding",
    ),
  ).toEqual([]);
  expect(seconds).toBeLessThan(20);
  expect(grownMiB).toBeLessThan(300);
}

describe("a server that", { timeout: 30_000 }, () => {
  test("never answers", async () => expectSober(await judged(await serve(() => undefined))));
  test("closes at once", async () =>
    expectSober(
      await judged(
        await serve(
          () => undefined,
          (socket) => socket.end(),
        ),
      ),
    ));
  test("resets at once", async () =>
    expectSober(
      await judged(
        await serve(
          () => undefined,
          (socket) => socket.resetAndDestroy(),
        ),
      ),
    ));
  test("answers with garbage", async () =>
    expectSober(await judged(await serve((socket) => void socket.write(Buffer.alloc(5000, 0xfe))))));
  test("stalls in mid-handshake", async () =>
    expectSober(await judged(await serve((socket) => void socket.write("HTTP/1.1 101 Switching Proto")))));
  test("sends an endless header", async () =>
    expectSober(
      await judged(
        await serve((socket) =>
          flood(socket, Buffer.from(`X-Filler: ${"x".repeat(1000)}\r\n`), "HTTP/1.1 101 Switching Protocols\r\n"),
        ),
      ),
    ));
  test("upgrades and says nothing", async () =>
    expectSober(await judged(await serve((socket, head) => void upgrade(socket, head)))));
  test("sends an endless frame", async () =>
    expectSober(
      await judged(
        await serve(
          (socket, head) =>
            upgrade(socket, head) &&
            flood(socket, Buffer.alloc(65536, 0x20), Buffer.from("817f000000ffffffffff", "hex")),
        ),
      ),
    ));
  test("announces a frame of 1 GiB", async () =>
    expectSober(
      await judged(
        await serve(
          (socket, head) => upgrade(socket, head) && void socket.write(Buffer.from("817f0000000040000000", "hex")),
        ),
      ),
    ));
  test("nests a million elements", async () =>
    expectSober(
      await judged(
        await serve((socket, head) => upgrade(socket, head) && void socket.write(textFrame("<a>".repeat(1_000_000)))),
      ),
    ));
  test("sends an entity bomb", async () =>
    expectSober(
      await judged(await serve((socket, head) => upgrade(socket, head) && void socket.write(textFrame(entityBomb)))),
    ));
  test("never stops sending", async () =>
    expectSober(
      await judged(
        await serve(
          (socket, head) =>
            upgrade(socket, head) && flood(socket, Buffer.concat(Array(100).fill(textFrame(event))), textFrame(hello)),
        ),
      ),
    ));
});

const entityBomb = `<!DOCTYPE hello [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 20 }, (_unused, index) => `<!ENTITY a${index} "${`&a${index === 0 ? "" : index - 1};`.repeat(10)}">`).join("")}]><hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">&a19;</hello>`;
const event =
  '<notification xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"><eventTime>2026-01-01T00:00:00Z</eventTime><event xmlns="urn:example:noise"/></notification>';

/** Writes `first`, then `chunk` for ever, as fast as it is taken. */
function flood(socket: net.Socket, chunk: Buffer, first: Buffer | string): void {
  socket.write(first);
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once("drain", more);
  };
  more();
}
