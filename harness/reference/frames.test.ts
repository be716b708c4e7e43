import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DialectName, FrameSpec } from "../wire/types.ts";
import { type Reference, startReference } from "./server.ts";
import { endOf, type LiveSession, openLive } from "./testing/live-session.ts";
import { rpc } from "./testing/peer.ts";
import { openRaw } from "./testing/raw-client.ts";

let server: Reference;
beforeAll(async () => {
  server = await startReference();
});
afterAll(() => server.close());

const BITS: readonly DialectName[] = ["hybi-06", "rfc6455"];
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

const session = (dialect: DialectName): Promise<LiveSession> => openLive(dialect, server);
const ending = ({ id }: LiveSession): Promise<string> => endOf(id, server);

describe.each(BITS)("frames of %s", (dialect) => {
  const A = Buffer.from("A");
  const text = Buffer.from(rpc("<get/>"));
  const ping: FrameSpec = { kind: "ping", payload: Buffer.from("alive") };
  const illegal: readonly [string, readonly FrameSpec[]][] = [
    ["RSV1", [{ kind: "text", rsv: 4, payload: A }]],
    ["RSV2", [{ kind: "text", rsv: 2, payload: A }]],
    ["RSV3", [{ kind: "text", rsv: 1, payload: A }]],
    ["a reserved opcode", [{ opcode: 7, payload: A }]],
    ["another reserved opcode", [{ opcode: 15, payload: A }]],
    ["a fragmented ping", [{ kind: "ping", fin: false, payload: A }]],
    ["a fragmented close", [{ kind: "close", fin: false }]],
    ["a ping of 126 bytes", [{ kind: "ping", payload: Buffer.alloc(126) }]],
    [
      "a close of 126 bytes",
      [{ kind: "close", payload: Buffer.concat([Buffer.from([3, 232]), Buffer.alloc(124, 97)]) }],
    ],
    ["a continuation without start", [{ kind: "continuation", payload: A }]],
    ["an open continuation without start", [{ kind: "continuation", fin: false, payload: A }]],
    [
      "text inside text",
      [
        { kind: "text", fin: false, payload: A },
        { kind: "text", payload: A },
      ],
    ],
    [
      "binary inside text",
      [
        { kind: "text", fin: false, payload: A },
        { kind: "binary", payload: A },
      ],
    ],
    ["a close of one byte", [{ kind: "close", payload: A }]],
    ["a length with its top bit set", [{ kind: "text", lengthForm: "64", declaredLength: 2n ** 63n + 5n, payload: A }]],
    ["a length of 2^62", [{ kind: "text", lengthForm: "64", declaredLength: 2n ** 62n, payload: A }]],
    ["binary", [{ kind: "binary", payload: text }]],
  ];
  test.each(illegal)("%s ends the connection", async (_name, specs) => {
    const client = await session(dialect);
    client.send(...specs.map((spec) => client.frame(spec)), client.frame(ping), client.text(rpc("<get/>")));
    const codes = await client.ended();
    expect(codes).toHaveLength(1);
    expect([1002, 1003, 1004, 1009]).toContain(codes[0]);
    expect(client.events.some((event) => event.type === "frame" && event.frame.kind === "pong")).toBe(false);
    expect(client.texts()).toHaveLength(1);
    expect(await ending(client)).toBe("dropped");
  });

  test("fragments, empty ones and a ping between, make one message", async () => {
    const client = await session(dialect);
    const cut = text.indexOf("<get");
    client.send(
      client.frame({ kind: "text", fin: false, payload: text.subarray(0, cut) }),
      client.frame({ kind: "continuation", fin: false }),
      client.frame(ping),
      client.frame({ kind: "pong", payload: A }),
      client.frame({ kind: "continuation", payload: text.subarray(cut) }),
    );
    expect(await client.next()).toContain("<data>");
    const kinds = client.events.flatMap((event) => (event.type === "frame" ? [event.frame.kind] : []));
    expect(kinds).toEqual(["text", "pong", "text"]);
    client.socket.destroy();
  });

  test.each(["16", "64"] as const)("a length that is not minimal, %s bits, is taken", async (lengthForm) => {
    const client = await session(dialect);
    client.send(client.frame({ kind: "text", lengthForm, payload: text }));
    expect(await client.next()).toContain("<data>");
    client.socket.destroy();
  });

  test.each([
    ["1000", [1000], [1000]],
    ["none", [], [undefined, 1000]],
    ["1005", [1005], [1000, 1002]],
    ["1006", [1006], [1000, 1002]],
    ["1015", [1015], [1000, 1002]],
    ["999", [999], [1000, 1002]],
    ["4000", [4000], [1000, 4000]],
  ])("close code %s is answered legally and only once", async (_name, given, answers) => {
    const client = await session(dialect);
    const [code] = given;
    const payload = code === undefined ? Buffer.alloc(0) : Buffer.from([code >> 8, code & 255]);
    client.send(client.frame({ kind: "close", payload }), client.frame({ kind: "close" }), client.text(rpc("<get/>")));
    const codes = await client.ended();
    expect(codes).toHaveLength(1);
    expect(answers).toContain(codes[0]);
    expect(client.texts()).toHaveLength(1);
  });

  test("a flood of fragments is stopped", async () => {
    const client = await session(dialect);
    const fragment = client.frame({ kind: "continuation", fin: false });
    client.send(client.frame({ kind: "text", fin: false }), ...Array.from({ length: 66_000 }, () => fragment));
    expect(await client.ended()).toHaveLength(1);
  });
});

describe("frames of hybi-06", () => {
  test("invalid UTF-8 is replaced", async () => {
    const client = await session("hybi-06");
    client.send(client.frame({ kind: "text", payload: latin1(rpc("<get/>", "\xc3(")) }));
    expect(await client.next()).toContain('message-id="\uFFFD("');
    client.socket.destroy();
  });
});

describe("frames of hybi-00", () => {
  const reserved: readonly [string, string][] = [
    ["01..7F", `\x01${rpc("<get/>", "bad")}\xff`],
    ["7F", `\x7f${rpc("<get/>", "bad")}\xff`],
    ["80 with FF inside", "\x80\x05He\xffo\x00"],
    ["80 with a padded length", "\x80\x80\x05Hello"],
    ["80 of 128 bytes", `\x80\x81\x00${"x".repeat(128)}`],
    ["FF with a length", "\xff\x03abc"],
    ["FF with a padded length", "\xff\x80\x03abc"],
    ["FE 00", "\xfe\x00"],
  ];
  test.each(reserved)("a reserved frame %s is stepped over", async (_name, bytes) => {
    const client = await session("hybi-00");
    client.send(latin1(bytes), client.text(rpc("<get/>", "good")));
    expect(await client.next()).toContain('message-id="good"');
    client.socket.destroy();
  });

  test.each(["\xff\x00", "\xff\x80\x00", "\xff\x80\x80\x00"])(
    "%j is a close, and all after it is nothing",
    async (close) => {
      const client = await session("hybi-00");
      client.send(latin1(close), client.text(rpc("<get/>")), latin1("\xff\x00"));
      expect(await client.ended()).toEqual([undefined]);
      expect(client.texts()).toHaveLength(1);
      expect(await ending(client)).toBe("closed");
    },
  );

  test("a length that cannot be stepped over ends the connection", async () => {
    const client = await session("hybi-00");
    client.send(latin1("\x80\xff\xff\xff\xff\xff\xff\xff\x7f"));
    await client.ended();
    expect(await ending(client)).toBe("dropped");
  });

  test("invalid UTF-8 is replaced, a NUL inside a message is none of a frame", async () => {
    const client = await session("hybi-00");
    client.send(latin1(`\x00${rpc("<get/>", "\xc3(")}\xff`));
    expect(await client.next()).toContain('message-id="\uFFFD("');
    client.send(latin1(`\x00${rpc("<get/>", "\0")}\xff`));
    expect(await client.next()).toContain("malformed-message");
    client.socket.destroy();
  });

  test("the head comes before key3", async () => {
    const client = await openRaw("hybi-00", server.port, (bytes) => [
      bytes.subarray(0, -8),
      bytes.subarray(-8, -5),
      bytes.subarray(-5),
    ]);
    expect(await client.next()).toContain("<hello");
    client.socket.destroy();
  });
});
