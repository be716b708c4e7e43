import { afterEach, expect, test } from "vitest";
import type { DialectName, End, FrameSpec } from "../../wire/types.ts";
import { type Bench, startBench } from "../bench.ts";
import type { TransformSpec } from "../types.ts";

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

const text = (payload: string, more: FrameSpec = {}): FrameSpec => ({
  kind: "text",
  payload: Buffer.from(payload),
  ...more,
});

/** Frames that `from` sends, as they come out at the other end: hex, client frames written clear. */
async function through(
  transform: TransformSpec,
  from: End,
  frames: readonly FrameSpec[],
  name: DialectName = "rfc6455",
): Promise<string[]> {
  const bench = await startBench([transform], name);
  benches.push(bench);
  const pair = await bench.open();
  await pair.upgrade();
  if (name === "hybi-00") await pair.client.read(16);
  pair[from].send(Buffer.concat(frames.map((frame) => pair.encode(from, frame))));
  pair[from].end();
  const { bytes } = await pair[from === "client" ? "server" : "client"].rest();
  const decoder = bench.dialect.decoder(from);
  const out: string[] = [];
  for (const event of decoder.push(bytes)) {
    if (event.type !== "frame") continue;
    const { opcode, fin, rsv, payload, key, lengthForm } = event.frame;
    const marks = [
      fin ? "" : "+",
      rsv ? `r${rsv}` : "",
      (key !== undefined) !== (from === "client") ? "m" : "",
      lengthForm,
    ];
    out.push(`${opcode.toString(16)}${marks.join("")}:${Buffer.from(payload).toString("latin1").slice(0, 20)}`);
  }
  if (decoder.failed) out.push("lost");
  return out;
}

test("alter-frame sets bits, mask, form and payload of the frames that fit", async () => {
  const frames = [text("one"), text("two"), { kind: "ping", payload: Buffer.from("p") } as const];
  const alter = (more: object) => ({ "alter-frame": { from: "server", kind: "text", nth: 2, ...more } });
  expect(await through(alter({ set: { rsv: 4 } }), "server", frames)).toEqual(["17:one", "1r47:two", "97:p"]);
  expect(await through(alter({ set: { mask: true } }), "server", frames)).toEqual(["17:one", "1m7:two", "97:p"]);
  expect(await through(alter({ set: { lengthForm: "64" } }), "server", frames)).toEqual(["17:one", "164:two", "97:p"]);
  expect(await through(alter({ set: { kind: "binary" } }), "server", frames)).toEqual(["17:one", "27:two", "97:p"]);
  expect(await through(alter({ set: { fin: false } }), "server", frames)).toEqual(["17:one", "1+7:two", "97:p"]);
  expect(await through(alter({ change: { keep: true, text: "!" } }), "server", frames)).toEqual([
    "17:one",
    "17:two!",
    "97:p",
  ]);
  expect(await through(alter({ change: { how: "flip" } }), "server", frames)).toEqual(["17:one", "17:uwo", "97:p"]);
});

test("alter-frame mends what a client did wrong", async () => {
  const mend = (select: object, more: object) => ({ "alter-frame": { from: "client", ...select, ...more } });
  expect(
    await through(mend({ masked: false }, { set: { mask: true } }), "client", [text("a", { mask: false })]),
  ).toEqual(["17:a"]);
  expect(await through(mend({ rsv: true }, { set: { rsv: 0 } }), "client", [text("a", { rsv: 7 })])).toEqual(["17:a"]);
  expect(await through(mend({}, {}), "client", [text("a", { lengthForm: "64" })])).toEqual(["17:a"]);
  const orphan = { kind: "continuation", payload: Buffer.from("x") } as const;
  expect(
    await through(mend({ kind: "continuation", inside: false }, { set: { kind: "text" } }), "client", [orphan]),
  ).toEqual(["17:x"]);
  const inner = [text("a", { fin: false }), text("b")];
  expect(
    await through(mend({ kind: "text", inside: true }, { set: { kind: "continuation" } }), "client", inner),
  ).toEqual(["1+7:a", "07:b"]);
  const bad = { kind: "text", payload: Buffer.from("c328", "hex") } as const;
  expect(await through(mend({ utf8: false }, { change: { how: "utf8" } }), "client", [bad])).toEqual([
    "17:\u00ef\u00bf\u00bd(",
  ]);
  const closes = [{ kind: "close", payload: Buffer.from("03ed", "hex") } as const];
  expect(await through(mend({ code: [1005, 1006] }, { change: { code: 1000 } }), "client", closes)).toEqual([
    "87:\u0003\u00e8",
  ]);
  expect(await through(mend({ opcode: 3 }, { set: { kind: "ping" } }), "client", [{ opcode: 3 }])).toEqual(["97:"]);
});

test("alter-frame edits encoded bytes", async () => {
  const big = { kind: "text", payload: Buffer.alloc(65_536, "a") } as const;
  const cut = { "alter-frame": { from: "server", min: 65_536, splice: { at: 2, remove: 4 } } };
  expect(await through(cut, "server", [big])).toEqual(["lost"]);
  const inner = { "alter-frame": { from: "server", min: 300, splice: { at: 100, hex: "8a00" } } };
  expect((await through(inner, "server", [{ kind: "text", payload: Buffer.alloc(300, "a") }]))[0]).toMatch(/^116:aaaa/);
});

test("drop-frame, repeat-frame, insert-frame", async () => {
  const frames = [text("one"), text("two")];
  expect(await through({ "drop-frame": { from: "server", payload: "^o" } }, "server", frames)).toEqual(["17:two"]);
  expect(await through({ "repeat-frame": { from: "server", since: 2, times: 3 } }, "server", frames)).toEqual([
    "17:one",
    "17:two",
    "17:two",
    "17:two",
  ]);
  const ping = { kind: "ping", size: 200 };
  const out = await through({ "insert-frame": { from: "server", nth: 1, frame: ping } }, "server", frames);
  expect(out).toEqual(["17:one", `916:${"a".repeat(20)}`, "17:two"]);
  const first = await through(
    { "insert-frame": { from: "server", nth: 1, place: "before", frame: { raw: "8a00" } } },
    "server",
    frames,
  );
  expect(first).toEqual(["a7:", "17:one", "17:two"]);
});

test("answer-frame answers in the other end's place", async () => {
  const bench = await startBench([
    { "answer-frame": { from: "client", kind: "pong", frame: { kind: "ping" }, same: true } },
  ]);
  benches.push(bench);
  const pair = await bench.open();
  await pair.upgrade();
  pair.sendFrame("client", { kind: "pong", payload: Buffer.from("x") });
  expect((await pair.client.read(3)).toString("hex")).toBe("890178");
});

test("fragment-frame cuts legally and illegally", async () => {
  const cut = (more: object) => ({ "fragment-frame": { from: "server", kind: "text", ...more } });
  expect(await through(cut({ parts: 3 }), "server", [text("abcdef")])).toEqual(["1+7:ab", "0+7:cd", "07:ef"]);
  expect(await through(cut({ later: "same" }), "server", [text("abcd")])).toEqual(["1+7:ab", "17:cd"]);
  expect(await through(cut({ start: false }), "server", [text("abcd")])).toEqual(["0+7:ab", "07:cd"]);
  expect(await through(cut({ overlap: 1 }), "server", [text("abcd")])).toEqual(["1+7:ab", "07:bcd"]);
  expect(await through(cut({ parts: 4, lose: 2 }), "server", [text("abcd")])).toEqual(["1+7:a", "0+7:c", "07:d"]);
  expect(await through(cut({ between: { kind: "ping" } }), "server", [text("abcd")])).toEqual([
    "1+7:ab",
    "97:",
    "07:cd",
  ]);
  expect(await through(cut({ from: "client" }), "client", [text("abcd")])).toEqual(["1+7:ab", "07:cd"]);
});

test("swap-frame works within one segment only", async () => {
  const swap = { "swap-frame": { from: "client", kind: "close" } };
  expect(await through(swap, "client", [{ kind: "close" }, text("a")])).toEqual(["17:a", "87:"]);
  expect(await through(swap, "client", [{ kind: "close" }])).toEqual(["87:"]);
});

test("a frame that came in several segments can be told", async () => {
  const bench = await startBench([{ "alter-frame": { from: "client", cut: [1, 5], change: { how: "garble" } } }]);
  benches.push(bench);
  const pair = await bench.open();
  await pair.upgrade();
  const frame = Buffer.from(pair.encode("client", text("0123456789", { mask: Buffer.alloc(4) })));
  pair.client.send(frame);
  expect((await pair.server.read(frame.length)).equals(frame)).toBe(true);
  pair.client.send(frame.subarray(0, 3));
  // A request of its own proves that the first piece was read before the second is written.
  const other = await bench.open();
  await other.upgrade();
  pair.client.send(frame.subarray(3));
  expect((await pair.server.read(frame.length)).subarray(6).toString()).toBe("0123456798");
});

test("frames of hybi-06 and hybi-00 are transformed too", async () => {
  const alter = { "alter-frame": { from: "client", change: { keep: true, text: "!" } } };
  expect(await through(alter, "client", [text("a"), { kind: "ping" }], "hybi-06")).toEqual(["47:a!", "27:!"]);
  const bits = { "alter-frame": { from: "server", set: { rsv: 8 } } };
  expect(await through(bits, "server", [text("a")], "hybi-06")).toEqual(["4r87:a"]);
  const close = { "alter-frame": { from: "server", kind: "close", set: { opcode: 0 } } };
  expect(await through(close, "server", [text("a"), { kind: "close" }], "hybi-00")).toEqual([
    "0sentinel:a",
    "0sentinel:",
  ]);
});

test("drop-undecodable swallows what is behind a length with its top bit set", async () => {
  const bench = await startBench([{ "drop-undecodable": { from: "client" } }]);
  benches.push(bench);
  const pair = await bench.open();
  await pair.upgrade();
  const good = pair.encode("client", text("a"));
  pair.client.send(Buffer.concat([good, Buffer.from("81ff800000000000000500", "hex")]));
  pair.client.end();
  expect((await pair.server.rest()).bytes).toEqual(Buffer.from(good));
});

test("afterClose tells the answer to a close from a close of one's own", async () => {
  const bench = await startBench([{ "drop-frame": { from: "server", kind: "close", afterClose: true } }]);
  benches.push(bench);
  const own = await bench.open();
  await own.upgrade();
  own.sendFrame("server", { kind: "close" });
  expect((await own.client.read(2)).toString("hex")).toBe("8800");
  const answer = await bench.open();
  await answer.upgrade();
  answer.sendFrame("client", { kind: "close" });
  await answer.server.read(6);
  answer.sendFrame("server", { kind: "close" });
  answer.server.end();
  expect((await answer.client.rest()).bytes).toHaveLength(0);
});

test.each([
  ["rfc6455", 1],
  ["hybi-06", 1],
  ["hybi-00", 1],
] as const)("complete-frame makes a frame of %s whole that lacks its last byte at the end", async (name, missing) => {
  const bench = await startBench([{ "complete-frame": { from: "client" } }], name);
  benches.push(bench);
  const pair = await bench.open();
  await pair.upgrade();
  if (name === "hybi-00") await pair.client.read(16);
  const whole = pair.encode("client", { kind: "text", payload: Buffer.from("<rpc/> ") });
  pair.client.send(whole.subarray(0, -missing));
  pair.client.end();
  expect((await pair.server.rest()).bytes).toEqual(Buffer.from(whole));
});

test("end-connection ends the others where frame borders are lost", async () => {
  const bench = await startBench([{ "end-connection": { undecodableOf: "client", how: "reset", others: true } }]);
  benches.push(bench);
  const other = await bench.open();
  await other.upgrade();
  const own = await bench.open();
  await own.upgrade();
  own.client.send(Buffer.from("81ff800000000000000537fa213d", "hex"));
  expect((await other.client.rest()).reset).toBe(true);
});
