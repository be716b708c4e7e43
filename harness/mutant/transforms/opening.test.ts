import { afterEach, expect, test } from "vitest";
import type { DialectName } from "../../wire/types.ts";
import { type Bench, type Pair, startBench } from "../bench.ts";
import { acceptOf } from "../proof.ts";
import type { TransformSpec } from "../types.ts";

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function pairOf(transform: TransformSpec, name: DialectName = "rfc6455"): Promise<Pair> {
  const bench = await startBench([transform], name);
  benches.push(bench);
  return bench.open();
}

const KEY = "AQIDBAUGBwgJCgsMDQ4PEA==";

test("alter-request mends the request and leaves the rest as it is", async () => {
  const set = { Upgrade: "websocket", "X-Gone": null };
  const transform = {
    method: "GET",
    version: "HTTP/1.1",
    target: ["\\?.*", ""],
    set,
    default: { Host: "h" },
    replace: { Connection: ["keep-alive", "Upgrade"] },
  };
  const pair = await pairOf({ "alter-request": transform });
  pair.client.send(
    "POST /n?x HTTP/1.0\r\nX-odd:  1\r\nupgrade: h2c\r\nConnection: keep-alive\r\nX-Gone: 1\r\n\r\nbehind",
  );
  expect(await pair.server.until("behind")).toBe(
    "GET /n HTTP/1.1\r\nX-odd:  1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nHost: h\r\n\r\nbehind",
  );
});

test("alter-request puts the proof right for the key that the client sent", async () => {
  const pair = await pairOf({
    "alter-request": { when: { fields: { "Sec-WebSocket-Key": "^abc$" } }, set: { "Sec-WebSocket-Key": KEY } },
  });
  pair.client.send("GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: abc\r\n\r\n");
  expect(await pair.server.until("\r\n\r\n")).toContain(KEY);
  pair.server.send(`HTTP/1.1 101 x\r\nSec-WebSocket-Accept: ${acceptOf(KEY)}\r\n\r\n`);
  expect(await pair.client.until("\r\n\r\n")).toContain(acceptOf("abc"));
});

test("answer-request answers, refuses, ends or stays silent", async () => {
  const refusal = { start: "HTTP/1.1 400 Bad Request", fields: { "X-T": "${target} ${host}" }, body: "no" };
  const refused = await pairOf({ "answer-request": { when: { fields: { Connection: "," } }, with: refusal } });
  refused.client.send("GET /n HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n\r\n");
  const { bytes } = await refused.client.rest();
  expect(bytes.toString()).toBe("HTTP/1.1 400 Bad Request\r\nX-T: /n a\r\n\r\nno");
  expect((await refused.server.rest()).bytes).toHaveLength(0);

  const reset = await pairOf({ "answer-request": { with: "reset" } });
  reset.client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect((await reset.client.rest()).reset).toBe(true);

  const other = await pairOf({ "answer-request": { when: { method: "POST" }, with: "silence" } });
  await other.upgrade();
});

test("drop-coalesced loses only what came with the request", async () => {
  const pair = await pairOf({ "drop-coalesced": {} });
  pair.client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nlost");
  await pair.server.until("\r\n\r\n");
  pair.client.send("kept");
  expect(await pair.server.until("kept")).toBe("kept");
});

test("alter-response changes fields of a 101, and of nothing else unless told", async () => {
  const transform = {
    set: { "Sec-WebSocket-Protocol": "${Sec-WebSocket-Protocol}", Date: null },
    add: { Connection: "x" },
    rename: { "Sec-WebSocket-Accept": "X-Accept" },
    lines: ["odd"],
    start: "HTTP/1.1 101 Fine",
  };
  const pair = await pairOf({ "alter-response": transform });
  pair.client.send("GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Protocol: a, b\r\n\r\n");
  await pair.server.until("\r\n\r\n");
  pair.server.send("HTTP/1.1 101 x\r\nDate: now\r\nSec-WebSocket-Accept: q\r\n\r\n");
  expect(await pair.client.until("\r\n\r\n")).toBe(
    "HTTP/1.1 101 Fine\r\nSec-WebSocket-Protocol: a, b\r\nConnection: x\r\nX-Accept: q\r\nodd\r\n\r\n",
  );
});

test("alter-proof: Accept", async () => {
  for (const [how, wrong] of [
    ["decoded-key", acceptOf(Buffer.from(KEY, "base64"))],
    ["lower-case", acceptOf(KEY).toLowerCase()],
  ] as const) {
    const pair = await pairOf({ "alter-proof": { how } });
    pair.client.send(`GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`);
    await pair.server.until("\r\n\r\n");
    pair.server.send(`HTTP/1.1 101 x\r\nSec-WebSocket-Accept: ${acceptOf(KEY)}\r\n\r\n`);
    expect(await pair.client.until("\r\n\r\n")).toContain(`Accept: ${wrong}\r\n`);
  }
});

test("alter-proof and hold-response: hybi-00", async () => {
  const right = await pairOf({ "alter-proof": { how: "trim-key3", when: { target: "never" } } }, "hybi-00");
  const { request } = await right.upgrade();
  expect((await right.client.read(16)).toString("latin1")).toBe(request.expectedProof);

  const wrong = await pairOf({ "alter-proof": { how: "flip" } }, "hybi-00");
  const asked = (await wrong.upgrade()).request;
  const got = (await wrong.client.read(16)).toString("latin1");
  expect(got).not.toBe(asked.expectedProof);
  expect(got.slice(1)).toBe(asked.expectedProof?.slice(1));

  const held = await pairOf({ "hold-response": {} }, "hybi-00");
  await held.upgrade();
  await held.client.read(16);
});

test("trim-keys and trim-key3 compute what a server that strips blanks computes", async () => {
  // Vector K5 of the draft's kind, with a blank that stripping loses: 10 / 2 and 10 / 1.
  const pair = await pairOf({ "alter-proof": { how: "trim-keys" } }, "hybi-00");
  pair.client.send("GET / HTTP/1.1\r\nSec-WebSocket-Key1:  1 0\r\nSec-WebSocket-Key2: 2 0\r\n\r\n\0\0\0\0\0\0\0\0");
  await pair.server.until("\r\n\r\n");
  pair.server.send(`HTTP/1.1 101 x\r\n\r\n${"p".repeat(16)}`);
  await pair.client.until("\r\n\r\n");
  expect((await pair.client.read(16)).toString("hex")).toBe("586af749535cf26139cc5a67e283cdc0");
});

test("append-bytes puts bytes in front of the first frame", async () => {
  const pair = await pairOf({ "append-bytes": { text: "0\r\n", hex: "00ff" } });
  await pair.upgrade();
  expect((await pair.client.read(5)).toString("latin1")).toBe("0\r\n\0\u00ff");
});

test("answer-request ends all other connections where told to", async () => {
  const bench = await startBench(
    [{ "answer-request": { when: { fields: { X: "" } }, with: "reset", others: true } }],
    "rfc6455",
  );
  benches.push(bench);
  const other = await bench.open();
  const own = await bench.open();
  own.client.send("GET / HTTP/1.1\r\nX: 1\r\n\r\n");
  expect((await own.client.rest()).reset).toBe(true);
  expect((await other.client.rest()).reset).toBe(true);
});

test("complete-key3 fills up a key3 that the end cut short", async () => {
  const pair = await pairOf({ "complete-key3": {} }, "hybi-00");
  const head = "GET / HTTP/1.1\r\nSec-WebSocket-Key1: 1 0\r\nSec-WebSocket-Key2: 2 0\r\n\r\n";
  pair.client.send(`${head}1234567`);
  pair.client.end();
  const { bytes } = await pair.server.rest();
  expect(bytes.toString("latin1")).toBe(`${head}1234567\0`);
});

test("add-coalesced sends bytes behind the request, before there is an answer", async () => {
  const pair = await pairOf({ "add-coalesced": { hex: "6f6e65" } });
  pair.client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await pair.server.until("\r\n\r\n");
  expect(await pair.server.until("one")).toBe("one");
});
