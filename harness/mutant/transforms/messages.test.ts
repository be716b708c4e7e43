import { afterEach, expect, test } from "vitest";
import type { End } from "../../wire/types.ts";
import { type Bench, type Pair, startBench } from "../bench.ts";
import type { TransformSpec } from "../types.ts";

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function benchOf(...transform: readonly TransformSpec[]): Promise<Bench> {
  const bench = await startBench(transform);
  benches.push(bench);
  return bench;
}

async function upgraded(bench: Bench): Promise<Pair> {
  const pair = await bench.open();
  await pair.upgrade();
  return pair;
}

/** Next text message that an end receives (client frames are unmasked); binary ones come as `[text]`. */
async function next(pair: Pair, at: End): Promise<string> {
  const [first = 0, second = 0] = await pair[at].read(2);
  const short = second & 0x7f;
  const size = short < 126 ? short : (await pair[at].read(2)).readUInt16BE(0);
  const key = second & 0x80 ? await pair[at].read(4) : Buffer.alloc(4);
  const payload = Buffer.from(await pair[at].read(size)).map((byte, i) => byte ^ (key[i % 4] ?? 0));
  const text = Buffer.from(payload).toString();
  return (first & 0x0f) === 2 ? `[${text}]` : text;
}

const note = (id: string) => `<notification xmlns="urn:n"><e>${id}</e></notification>`;
const rpc = (id: string, content = "<get/>") => `<rpc xmlns="urn:b" message-id="${id}">${content}</rpc>`;
const reply = (id: string, content = "<ok/>") => `<rpc-reply xmlns="urn:b" message-id="${id}">${content}</rpc-reply>`;

/** Sends texts from one end and collects as many as are expected at the other; a last one proves what did not come. */
async function pass(transform: TransformSpec, from: End, texts: readonly string[], count: number): Promise<string[]> {
  const pair = await upgraded(await benchOf(transform));
  for (const text of texts) pair.sendText(from, text);
  const got: string[] = [];
  while (got.length < count) got.push(await next(pair, from === "client" ? "server" : "client"));
  return got;
}

const events = [note("1"), note("2"), note("3")];

test("replace-in-message", async () => {
  const transform = {
    "replace-in-message": {
      from: "server",
      kind: "notification",
      since: 2,
      replace: [{ pattern: "<e>(.*?)</e>", with: "<f>$1</f>" }],
    },
  };
  expect(await pass(transform, "server", [note("1"), note("2")], 2)).toEqual([
    note("1"),
    note("2").replace(/e>2<\/e/, "f>2</f"),
  ]);
  const fragments = await upgraded(await benchOf(transform));
  fragments.sendText("server", note("0"));
  await next(fragments, "client");
  fragments.sendFrame("server", { kind: "text", fin: false, payload: Buffer.from(note("9").slice(0, 30)) });
  fragments.sendFrame("server", { kind: "continuation", payload: Buffer.from(note("9").slice(30)) });
  expect(await next(fragments, "client")).toContain("<f>9</f>");
});

test("drop, repeat, hold, join, split, retype, insert", async () => {
  const [one, two, three] = events as [string, string, string];
  expect(await pass({ "drop-message": { from: "server", text: "<e>2" } }, "server", events, 2)).toEqual([one, three]);
  expect(await pass({ "repeat-message": { from: "server", nth: 1 } }, "server", events, 4)).toEqual([
    one,
    one,
    two,
    three,
  ]);
  expect(await pass({ "hold-message": { from: "server", nth: 1 } }, "server", events, 3)).toEqual([two, one, three]);
  const until = { "hold-message": { from: "server", nth: 1, until: { text: "<e>3" }, place: "before" } };
  expect(await pass(until, "server", events, 3)).toEqual([two, one, three]);
  expect(await pass({ "join-messages": { from: "server", nth: 1, separator: " " } }, "server", events, 2)).toEqual([
    `${one} ${two}`,
    three,
  ]);
  expect(await pass({ "split-message": { from: "server", nth: 1, at: "<e>" } }, "server", [one], 2)).toEqual([
    '<notification xmlns="urn:n">',
    "<e>1</e></notification>",
  ]);
  expect(await pass({ "retype-message": { from: "server", binary: true } }, "server", [one], 1)).toEqual([`[${one}]`]);
  const insert = { "insert-message": { from: "server", nth: 1, text: "<e>(\\d)", message: "<x>$1</x>" } };
  expect(await pass(insert, "server", events, 4)).toEqual([one, "<x>1</x>", two, three]);
});

test("a held message comes at the latest before the close frame or the end", async () => {
  const pair = await upgraded(await benchOf({ "hold-message": { from: "server", nth: 1 } }));
  pair.sendText("server", note("1"));
  pair.sendFrame("server", { kind: "close", payload: Buffer.from([3, 232]) });
  expect(await next(pair, "client")).toBe(note("1"));
  const other = await upgraded(await benchOf({ "join-messages": { from: "server", nth: 1 } }));
  other.sendText("server", note("1"));
  other.server.end();
  expect(await next(other, "client")).toBe(note("1"));
});

test("answer-message keeps the order of replies and the rpc's attributes", async () => {
  const pair = await upgraded(
    await benchOf({ "answer-message": { from: "client", kind: "rpc", text: "<b/>", reply: "<no/>" } }),
  );
  pair.sendText("client", rpc("1", "<a/>"));
  pair.sendText("client", `<n:rpc xmlns:n="urn:ietf:params:xml:ns:netconf:base:1.0" message-id='2' x="y"><b/></n:rpc>`);
  pair.sendText("client", rpc("3", "<c/>"));
  expect(await next(pair, "server")).toBe(rpc("1", "<a/>"));
  expect(await next(pair, "server")).toBe(rpc("3", "<c/>"));
  pair.sendText("server", reply("1"));
  pair.sendText("server", reply("3"));
  expect(await next(pair, "client")).toBe(reply("1"));
  expect(await next(pair, "client")).toBe(
    `<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" xmlns:n="urn:ietf:params:xml:ns:netconf:base:1.0" message-id='2' x="y"><no/></rpc-reply>`,
  );
  expect(await next(pair, "client")).toBe(reply("3"));
  pair.sendText("client", rpc("4", "<b/>"));
  expect(await next(pair, "client")).toBe('<rpc-reply xmlns="urn:b" message-id="4"><no/></rpc-reply>');
});

test("replies are known by the rpc they answer, gates by what has passed", async () => {
  const pair = await upgraded(
    await benchOf(
      { "replace-in-message": { from: "server", answers: "<b/>", replace: [{ pattern: "<ok/>", with: "<B/>" }] } },
      {
        "drop-message": {
          from: "server",
          kind: "notification",
          after: { from: "client", text: "<b/>" },
          before: { from: "client", text: "<c/>" },
        },
      },
    ),
  );
  pair.sendText("server", note("1"));
  expect(await next(pair, "client")).toBe(note("1"));
  for (const [id, name] of ["<a/>", "<b/>"].entries()) pair.sendText("client", rpc(String(id), name));
  await next(pair, "server");
  await next(pair, "server");
  pair.sendText("server", note("2"));
  pair.sendText("server", reply("0"));
  pair.sendText("server", reply("1"));
  expect(await next(pair, "client")).toBe(reply("0"));
  expect(await next(pair, "client")).toBe(reply("1", "<B/>"));
  pair.sendText("client", rpc("9", "<c/>"));
  await next(pair, "server");
  pair.sendText("server", note("3"));
  expect(await next(pair, "client")).toBe(note("3"));
});

test("copy-message reaches the connections that did not ask", async () => {
  const bench = await benchOf({ "copy-message": { from: "server", kind: "notification", unless: "<subscribe/>" } });
  const [a, b, c] = [await upgraded(bench), await upgraded(bench), await upgraded(bench)];
  b.sendText("client", rpc("1", "<subscribe/>"));
  await next(b, "server");
  a.sendText("server", note("1"));
  expect(await next(a, "client")).toBe(note("1"));
  expect(await next(c, "client")).toBe(note("1"));
  b.sendText("server", note("2"));
  expect(await next(b, "client")).toBe(note("2"));
});

test("gates look at other connections where told", async () => {
  const bench = await benchOf({
    "drop-message": { from: "server", after: { from: "client", text: "<bye/>", on: "other" } },
  });
  const [a, b] = [await upgraded(bench), await upgraded(bench)];
  b.sendText("client", rpc("1", "<bye/>"));
  await next(b, "server");
  a.sendText("server", note("1"));
  a.sendFrame("server", { kind: "ping" });
  expect((await a.client.read(2)).toString("hex")).toBe("8900");
  b.sendText("server", note("2"));
  expect(await next(b, "client")).toBe(note("2"));
});

test("end-connection after a message or at a frame; keep-open", async () => {
  const closing = await upgraded(
    await benchOf({ "end-connection": { message: { from: "server", text: "last" }, how: 1000 } }),
  );
  closing.sendText("server", "last");
  expect(await next(closing, "client")).toBe("last");
  expect((await closing.client.read(4)).toString("hex")).toBe("880203e8");
  closing.sendFrame("client", { kind: "close", payload: Buffer.from([3, 232]) });
  expect((await closing.client.rest()).reset).toBe(false);
  expect((await closing.server.rest()).bytes[0]).toBe(0x88);

  const resetting = await upgraded(
    await benchOf({ "end-connection": { frame: { from: "server", kind: "close" }, how: "reset", pass: false } }),
  );
  resetting.sendFrame("server", { kind: "close" });
  expect(await resetting.client.rest()).toEqual({ bytes: Buffer.alloc(0), reset: true });

  const kept = await upgraded(await benchOf({ "keep-open": { from: "server" } }));
  kept.server.end();
  kept.client.send("x");
  expect((await kept.server.read(1)).toString()).toBe("x");
  kept.client.end();
  await kept.client.rest();
});

test("the gate `earlier` remembers connections that are over", async () => {
  const bench = await benchOf({
    "drop-message": { from: "server", after: { from: "client", text: "<a/>", on: "earlier" } },
  });
  const first = await upgraded(bench);
  first.sendText("client", rpc("1", "<a/>"));
  await next(first, "server");
  first.sendText("server", note("1"));
  expect(await next(first, "client")).toBe(note("1"));
  first.client.end();
  first.server.end();
  await first.client.rest();
  const second = await upgraded(bench);
  second.sendText("server", note("2"));
  second.sendFrame("server", { kind: "ping" });
  expect((await second.client.read(2)).toString("hex")).toBe("8900");
});

test("a reply is held while other rpcs wait, a hello until the client's", async () => {
  const late = await upgraded(
    await benchOf({
      "hold-message": { from: "server", kind: "rpc-reply", pending: 1, nth: 1, until: { kind: "rpc-reply" } },
    }),
  );
  for (const id of ["1", "2"]) late.sendText("client", rpc(id));
  await next(late, "server");
  await next(late, "server");
  for (const id of ["1", "2"]) late.sendText("server", reply(id));
  expect([await next(late, "client"), await next(late, "client")]).toEqual([reply("2"), reply("1")]);

  const polite = await upgraded(
    await benchOf({ "hold-message": { from: "server", kind: "hello", until: { from: "client", kind: "hello" } } }),
  );
  polite.sendText("server", "<hello>s</hello>");
  polite.sendFrame("server", { kind: "ping" });
  expect((await polite.client.read(2)).toString("hex")).toBe("8900");
  polite.sendText("client", "<hello>c</hello>");
  expect(await next(polite, "client")).toBe("<hello>s</hello>");
});

test("odds draw with the seed, each connection for itself", async () => {
  const texts = Array.from({ length: 120 }, (_, index) => note(String(index + 1)));
  const lost = async (seed: number): Promise<string[]> => {
    const bench = await startBench(
      [{ "drop-message": { from: "server", without: "last", odds: 10 } }],
      "rfc6455",
      seed,
    );
    benches.push(bench);
    const runs: string[] = [];
    for (let connection = 0; connection < 2; connection++) {
      const pair = await upgraded(bench);
      for (const text of [...texts, note("last")]) pair.sendText("server", text);
      const got: string[] = [];
      while (got.at(-1) !== note("last")) got.push(await next(pair, "client"));
      runs.push(texts.filter((text) => !got.includes(text)).join());
    }
    return runs;
  };
  const [first, again, other] = [await lost(1), await lost(1), await lost(2)];
  expect(again).toEqual(first);
  expect(new Set([...first, ...other]).size).toBe(4);
  for (const run of first) expect([...run.matchAll(/notification /g)].length).toBeGreaterThan(2);
});
