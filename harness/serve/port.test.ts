import { createServer } from "node:http";
import net from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { openPort, type Port, pathOfCase, type Visit } from "./port.ts";

const http = createServer((request, response) => response.end(`page ${request.url}`));
let port: Port | undefined;
const visits: Visit[] = [];

async function open(): Promise<number> {
  visits.length = 0;
  port = await openPort("127.0.0.1", 0);
  port.attend({ visit: (visit) => visits.push(visit), other: (socket) => http.emit("connection", socket) });
  return port.port;
}

afterEach(() => port?.close());

/** Sends the segments one after the other, each once the one before has gone out. */
async function send(to: number, ...segments: string[]): Promise<net.Socket> {
  const socket = net.connect({ host: "127.0.0.1", port: to, noDelay: true });
  socket.on("error", () => {});
  for (const segment of segments) await new Promise((settle) => socket.write(segment, settle));
  return socket;
}

describe("the port", () => {
  test("gives a page to who asks for one", async () => {
    const response = await fetch(`http://127.0.0.1:${await open()}/board.js`);
    expect(await response.text()).toBe("page /board.js");
    expect(visits).toEqual([]);
  });

  test.each([
    ["plainly", "GET /case/a%2Fb%5B1%5D%40rfc6455 HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["in the absolute form", "GET http://127.0.0.1/case/a%2Fb%5B1%5D%40rfc6455 HTTP/1.1\r\n"],
    ["unencoded and wrongly", "POST  /case/a/b[1]@rfc6455?x HTTP/0.9\n"],
  ])("tells who asks for a case %s", async (_, head) => {
    const socket = await send(await open(), head);
    await expect.poll(() => visits).toHaveLength(1);
    expect(visits[0]?.caseId).toBe("a/b[1]@rfc6455");
    expect(Buffer.from(visits[0]?.bytes ?? []).toString()).toBe(head);
    socket.destroy();
  });

  test("hands on what came with the request line, and leaves the rest unread", async () => {
    const socket = await send(await open(), "GET /ca", "se/x HTTP/1.1\r\nHo");
    await expect.poll(() => visits).toHaveLength(1);
    const { socket: theirs, bytes } = visits[0] as Visit;
    socket.write("st: x\r\n");
    const rest = await new Promise((settle) => theirs.once("data", settle).resume());
    expect(`${Buffer.from(bytes)}${rest}`).toBe("GET /case/x HTTP/1.1\r\nHost: x\r\n");
    socket.destroy();
  });

  test("has a path for a case that leads back to it", async () => {
    const socket = await send(await open(), `GET ${pathOfCase("a b/ü[%2F]")} HTTP/1.1\r\n`);
    await expect.poll(() => visits.map(({ caseId }) => caseId)).toEqual(["a b/ü[%2F]"]);
    socket.destroy();
  });
});
