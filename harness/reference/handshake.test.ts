import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Reference, startReference } from "./server.ts";
import { exchange, requestOf } from "./testing/raw-client.ts";

let server: Reference;
beforeAll(async () => {
  server = await startReference({ origins: ["http://example.com"], handshakeTimeout: 150 });
});
afterAll(() => server.close());

type Change = Parameters<typeof requestOf>[2];
const LIST = "Sec-WebSocket-Version: 13, 6";

async function statusOf(dialect: Parameters<typeof requestOf>[0], change: Change): Promise<string> {
  const answer = await exchange(server.port, requestOf(dialect, server.port, change).bytes);
  if (answer.startsWith("HTTP/1.1 101")) return answer;
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  expect(head).toContain("Cache-Control: no-cache\r\nPragma: no-cache");
  expect(head).toMatch(/^Connection: .*close/m);
  expect(head).toContain(`Content-Length: ${body.length}`);
  return answer;
}

describe.each(["rfc6455", "hybi-06"] as const)("%s requests", (dialect) => {
  const origin = dialect === "rfc6455" ? "Origin" : "Sec-WebSocket-Origin";
  const refused: readonly [string, Change, number][] = [
    ["POST", { method: "POST" }, 405],
    ["HTTP/1.0", { httpVersion: "1.0" }, 400],
    ["no Host", { set: { Host: null } }, 400],
    ["two Hosts", { rawLines: ["Host: example.com"] }, 400],
    ["another path", { target: "/nothing" }, 404],
    ["a fragment", { target: "/netconf#x" }, 400],
    ["no Upgrade", { set: { Upgrade: null } }, 400],
    ["Upgrade: h2c", { set: { Upgrade: "h2c" } }, 400],
    ["no Connection", { set: { Connection: null } }, 400],
    ["Connection: close", { set: { Connection: "close" } }, 400],
    ["no key", { set: { "Sec-WebSocket-Key": null } }, 400],
    ["an empty key", { set: { "Sec-WebSocket-Key": "" } }, 400],
    ["a key of 15 bytes", { set: { "Sec-WebSocket-Key": "AQIDBAUGBwgJCgsMDQ4P" } }, 400],
    ["a key of 17 bytes", { set: { "Sec-WebSocket-Key": "AQIDBAUGBwgJCgsMDQ4PEBE=" } }, 400],
    ["a key that is no base64", { set: { "Sec-WebSocket-Key": "****************" } }, 400],
    ["two keys", { rawLines: ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="] }, 400],
    ["no version", { set: { "Sec-WebSocket-Version": null } }, 426],
    ["version 7", { set: { "Sec-WebSocket-Version": "7" } }, 426],
    ["version 013", { set: { "Sec-WebSocket-Version": "013" } }, 400],
    ["version 13, 8", { set: { "Sec-WebSocket-Version": "13, 8" } }, 400],
    ["version 256", { set: { "Sec-WebSocket-Version": "256" } }, 400],
    ["an empty version", { set: { "Sec-WebSocket-Version": "" } }, 400],
    ["two versions", { rawLines: ["Sec-WebSocket-Version: 13"] }, 400],
    ["no subprotocol", { subprotocols: [] }, 400],
    ["another subprotocol", { subprotocols: ["chat"] }, 400],
    ["another case", { subprotocols: ["NETCONF"] }, 400],
    ["an empty subprotocol", { set: { "Sec-WebSocket-Protocol": "" } }, 400],
    ["a subprotocol twice", { set: { "Sec-WebSocket-Protocol": "netconf, netconf" } }, 400],
    ["malformed extensions", { set: { "Sec-WebSocket-Extensions": ";;,=" } }, 400],
    ["a foreign origin", { set: { [origin]: "http://evil.example" } }, 403],
    ["the null origin", { set: { [origin]: "null" } }, 403],
    ["a line that is no field", { rawLines: ["nonsense"] }, 400],
    ["a blank before the colon", { rawLines: ["X : y"] }, 400],
    ["a folded line", { rawLines: ["X: y", " z"] }, 400],
    ["a body", { rawLines: ["Transfer-Encoding: chunked"] }, 400],
    ["a huge field", { rawLines: [`X: ${"y".repeat(20_000)}`] }, 431],
    ["very many fields", { rawLines: Array.from({ length: 200 }, (_none, n) => `X${n}: y`) }, 431],
  ];
  test.each(refused)("%s is refused", async (_name, change, status) => {
    const answer = await statusOf(dialect, change);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (_name.includes("version")) expect(answer).toContain(LIST);
    if (status === 426) expect(answer).toContain("Upgrade: websocket\r\n");
  });

  const accepted: readonly [string, Change][] = [
    ["Upgrade: WEBSOCKET", { set: { Upgrade: "WEBSOCKET" } }],
    ["Upgrade: h2c, websocket", { set: { Upgrade: "h2c, websocket" } }],
    ["Connection: keep-alive, Upgrade", { set: { Connection: "keep-alive, Upgrade" } }],
    ["no origin", { set: { [origin]: null } }],
    ["an absolute target", { target: "http://127.0.0.1/netconf" }],
    ["a query", { target: "/netconf?a=b" }],
    ["a list over two fields", { set: { "Sec-WebSocket-Protocol": ["chat", "netconf, other"] } }],
    ["an unknown extension", { set: { "Sec-WebSocket-Extensions": 'x-none; a=1; b="c", permessage-deflate' } }],
    ["an empty extension field", { set: { "Sec-WebSocket-Extensions": "" } }],
    ["upper-case field names", { nameCase: "upper" }],
    ["a key that is not canonical", { key: "AQIDBAUGBwgJCgsMDQ4PEC==" }],
    ["a cookie", { rawLines: ["Cookie: a=b", "Content-Length: 0"] }],
  ];
  test.each(accepted)("%s is accepted", async (_name, change) => {
    const request = requestOf(dialect, server.port, change);
    const close = dialect === "rfc6455" ? "888000000000" : "000000008100";
    const answer = await exchange(server.port, Buffer.concat([request.bytes, Buffer.from(close, "hex")]));
    expect(answer).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(answer.match(/Sec-WebSocket-Protocol: netconf\r\n/g)).toHaveLength(1);
    expect(answer).toContain("Cache-Control: no-cache\r\nPragma: no-cache");
    expect(answer).toContain(`Sec-WebSocket-Accept: ${request.expectedProof}\r\n`);
    expect(answer).not.toContain("Sec-WebSocket-Extensions");
  });
});

describe("hybi-00 requests", () => {
  const refused: readonly [string, Change][] = [
    ["POST", { method: "POST" }],
    ["no Upgrade", { set: { Upgrade: null } }],
    ["Upgrade: h2c", { set: { Upgrade: "h2c" } }],
    ["no Connection", { set: { Connection: null } }],
    ["Connection: keep-alive, Upgrade", { set: { Connection: "keep-alive, Upgrade" } }],
    ["no Host", { set: { Host: null } }],
    ["no Origin", { set: { Origin: null } }],
    ["a foreign Origin", { set: { Origin: "http://evil.example" } }],
    ["a key without spaces", { key1: "3e6b26341780" }],
    ["a second key without spaces", { key2: "3e6b26341780" }],
    ["a key that is no multiple", { key1: "3e6b263  4 17 81" }],
    ["a key beyond 32 bits", { key1: "9 9999999999 98" }],
    ["a key without digits", { key1: "a b c" }],
    ["no first key", { set: { "Sec-WebSocket-Key1": null } }],
    ["no second key", { set: { "Sec-WebSocket-Key2": null } }],
    ["another subprotocol", { subprotocols: ["chat"] }],
    ["an empty subprotocol", { set: { "Sec-WebSocket-Protocol": "" } }],
    ["no blank behind a colon", { rawLines: ["X:y"] }],
  ];
  test.each(refused)("%s is refused", async (_name, change) => {
    expect(await statusOf("hybi-00", change)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  test("the answer is built from Host, target and Origin", async () => {
    const request = requestOf("hybi-00", server.port, { host: "Example.com:8080", target: "/netconf?x=Y" });
    const answer = await exchange(server.port, Buffer.concat([request.bytes, Buffer.from("ff00", "hex")]));
    expect(answer).toMatch(/^HTTP\/1\.1 101 WebSocket Protocol Handshake\r\n/);
    for (const line of [
      "Upgrade: WebSocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Origin: http://example.com",
      "Sec-WebSocket-Location: ws://example.com:8080/netconf?x=Y",
      "Sec-WebSocket-Protocol: netconf",
      "Cache-Control: no-cache",
    ]) {
      expect(answer).toContain(`\r\n${line}\r\n`);
    }
    expect(answer).toContain(`\r\n\r\n${request.expectedProof}\x00<hello`);
    expect(answer.endsWith("\xff\xff\x00")).toBe(true);
  });

  test.each([
    ["a space at the start", " 1 4"],
    ["a space at the end", "1 4 "],
  ])("%s of a key counts", async (_name, key1) => {
    const { bytes } = requestOf("hybi-00", server.port, { key1, key2: "2 0", key3: Buffer.alloc(8) });
    const answer = await exchange(server.port, Buffer.concat([bytes, Buffer.from("ff00", "hex")]));
    const md5 = createHash("md5").update(Buffer.from("00000007000000140000000000000000", "hex"));
    expect(answer).toContain(`\r\n\r\n${md5.digest().toString("latin1")}\x00<hello`);
  });

  test("Content-Length: 8, as some clients send it, does no harm", async () => {
    const { bytes } = requestOf("hybi-00", server.port, { rawLines: ["Content-Length: 8"] });
    expect(await exchange(server.port, Buffer.concat([bytes, Buffer.from("ff00", "hex")]))).toContain("<hello");
  });
});

describe("hostile openings", () => {
  test.each([
    ["garbage", Buffer.from("160301020001", "hex"), /^HTTP\/1\.1 400 /],
    ["a bare line feed", "GET /netconf HTTP/1.1\nHost: x\n\n", /^HTTP\/1\.1 400 /],
    ["no HTTP", "hello\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["a plain request", "GET /netconf HTTP/1.1\r\nHost: x\r\n\r\n", /^HTTP\/1\.1 426 .*Upgrade: websocket/s],
    ["half a request", "GET /netconf HTTP/1.1\r\nHost: x\r\n", /^HTTP\/1\.1 408 /],
    ["a line feed alone, late", `GET /netconf HTTP/1.1\r\nX: ${"y".repeat(99)}\nZ: 1`, /^HTTP\/1\.1 400 /],
    ["an endless line", "G".repeat(100_000), /^HTTP\/1\.1 431 /],
  ])("%s is answered and closed", async (_name, bytes, answer) => {
    expect(await exchange(server.port, bytes)).toMatch(answer);
  });

  test("key3 that does not come ends in silence", async () => {
    const { bytes } = requestOf("hybi-00", server.port);
    const answer = await exchange(server.port, bytes.subarray(0, -1));
    expect(answer).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\n$/s);
  });

  test("an origin that is refused by name gets 403", async () => {
    const choosy = await startReference({ refusedOrigins: ["http://evil.example"] });
    for (const dialect of ["hybi-00", "hybi-06", "rfc6455"] as const) {
      const ask = (origin: string) => exchange(choosy.port, requestOf(dialect, choosy.port, { origin }).bytes);
      expect(await ask("http://evil.example")).toMatch(/^HTTP\/1\.1 403 /);
    }
    await choosy.close();
  });

  test("a server without a dialect does not offer it", async () => {
    const narrow = await startReference({ dialects: ["rfc6455"] });
    for (const dialect of ["hybi-00", "hybi-06"] as const) {
      const answer = await exchange(narrow.port, requestOf(dialect, narrow.port).bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 426 /);
      expect(answer).toContain("Sec-WebSocket-Version: 13\r\n");
    }
    await narrow.close();
  });
});
