import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { DialectName, FrameSpec } from "../wire/types.ts";
import { type Reference, startReference } from "./server.ts";
import { hello, join, marks, rpc, subscribe } from "./testing/peer.ts";
import { openRaw, type RawClient } from "./testing/raw-client.ts";

let server: Reference;
beforeAll(async () => {
  server = await startReference();
});
afterAll(() => server.close());

const ALL: readonly DialectName[] = ["hybi-00", "hybi-06", "rfc6455"];
const BITS: readonly DialectName[] = ["hybi-06", "rfc6455"];
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const isReply = (message: string): boolean => message.includes("rpc-reply");

/** A session past its hellos. */
async function session(dialect: DialectName): Promise<RawClient & { readonly id: string }> {
  const client = await openRaw(dialect, server.port);
  const greeting = await client.next();
  client.send(client.text(hello()));
  return Object.assign(client, { id: /<session-id>(\d+)/.exec(greeting)?.[1] ?? "" });
}

async function ask(client: RawClient, operation: string): Promise<string> {
  client.send(client.text(rpc(operation)));
  return client.next();
}

/** How the end of a session was reported, once it was. */
async function endOf(id: string): Promise<string> {
  for (;;) {
    const peer = join(server.engine);
    peer.ask(subscribe("<startTime>1990-01-01T00:00:00Z</startTime>"));
    peer.gone("closed");
    const end = peer.got.find((m) => m.includes("session-end") && m.includes(`<session-id>${id}</session-id>`));
    if (end) return /<termination-reason>([^<]*)/.exec(end)?.[1] ?? "";
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe.each(ALL)("%s", (dialect) => {
  test("a session from hello to close-session", async () => {
    const client = await session(dialect);
    expect(client.head).toMatch(/^HTTP\/1\.1 101 /);
    expect(await ask(client, "<get/>")).toContain("漢字 😀");
    expect(await ask(client, "<close-session/>")).toContain("<ok/>");
    expect(await client.ended()).toEqual([dialect === "hybi-00" ? undefined : 1000]);
    expect(client.events.filter(({ type }) => type === "breach")).toEqual([]);
    expect(await endOf(client.id)).toBe("closed");
  });

  test("requests and their end in one segment; nothing after close-session counts", async () => {
    const client = await openRaw(dialect, server.port);
    const messages = [hello(), rpc("<get/>", "1"), rpc("<close-session/>", "2"), rpc("<get/>", "3")];
    client.send(...messages.map((message) => client.text(message)), client.frame({ kind: "close" }));
    await client.ended();
    expect(
      client
        .texts()
        .filter(isReply)
        .map((reply) => /message-id="(\d)"/.exec(reply)?.[1]),
    ).toEqual(["1", "2"]);
  });

  test("request and frames in segments of one byte", async () => {
    const single = (bytes: Uint8Array): Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte));
    const client = await openRaw(dialect, server.port, single);
    expect(await client.next()).toContain("<hello");
    for (const byte of single(Buffer.concat([client.text(hello()), client.text(rpc("<get/>"))]))) client.send(byte);
    expect(await client.next()).toContain("<data>");
    client.socket.destroy();
  });

  test("frames in the segment of the request", async () => {
    const client = await openRaw(dialect, server.port, (bytes) => [
      Buffer.concat([bytes, dialect === "hybi-00" ? latin1(`\0${hello()}\xff`) : Buffer.alloc(0)]),
    ]);
    if (dialect !== "hybi-00") client.send(client.text(hello()));
    await client.next();
    expect(await ask(client, "<get/>")).toContain("<data>");
    client.socket.destroy();
  });

  test.each([
    ["a close is closed", (client: RawClient) => client.send(client.frame({ kind: "close" })), "closed"],
    ["a FIN is dropped", (client: RawClient) => void client.socket.end(), "dropped"],
    ["a reset is dropped", (client: RawClient) => void client.socket.resetAndDestroy(), "dropped"],
    [
      "a FIN within a frame is dropped",
      (client: RawClient) => void client.socket.end(client.text(rpc("<get/>")).subarray(0, 9)),
      "dropped",
    ],
  ])("%s", async (_name, end, reason) => {
    const client = await session(dialect);
    await ask(client, "<get/>");
    end(client);
    await client.ended();
    expect(client.texts()).toHaveLength(2);
    expect(await endOf(client.id)).toBe(reason);
  });

  test("a client that never answers our close is cut", async () => {
    const client = await session(dialect);
    client.answers = false;
    client.send(client.text(rpc("<close-session/>")));
    expect(await client.ended()).toHaveLength(1);
  });

  test("a bad hello ends in a legal close code", async () => {
    const client = await openRaw(dialect, server.port);
    client.send(client.text(rpc("<get/>")));
    expect(await client.ended()).toEqual([{ "hybi-00": undefined, "hybi-06": 1002, rfc6455: 1008 }[dialect]]);
    expect(client.texts().filter(isReply)).toEqual([]);
  });

  test("a killed session sees a close", async () => {
    const client = await session(dialect);
    const killer = await session(dialect);
    expect(await ask(killer, `<kill-session><session-id>${client.id}</session-id></kill-session>`)).toContain("<ok/>");
    expect(await client.ended()).toEqual([dialect === "hybi-00" ? undefined : 1001]);
    expect(await endOf(client.id)).toBe("killed");
    killer.socket.destroy();
  });

  test("events arrive in order, each once", async () => {
    const client = await session(dialect);
    expect(await ask(client, subscribe("<stream>ncwspec</stream>"))).toContain("<ok/>");
    const tokens = Array.from({ length: 100 }, (_none, n) => `${dialect} ${n}`);
    for (const token of tokens) server.engine.emit({ token, stream: "ncwspec" });
    await client.until(() => marks(client.texts()).length >= 100);
    expect(marks(client.texts()).filter((token) => token.startsWith(dialect))).toEqual(tokens);
    client.socket.destroy();
  });

  test("a message of 1 MiB passes both ways, one beyond 4 MiB ends the connection", async () => {
    const client = await session(dialect);
    const value = "é".repeat(2 ** 19);
    const config = `<reference xmlns="urn:ncwspec:reference:config"><entry><name>${dialect}</name><value>${value}</value></entry></reference>`;
    const edit = `<edit-config><target><running/></target><config>${config}</config></edit-config>`;
    expect(await ask(client, edit)).toContain("<ok/>");
    expect(await ask(client, "<get/>")).toContain(value);
    expect(
      await ask(
        client,
        edit.replace("<entry>", '<entry xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" nc:operation="delete">'),
      ),
    ).toContain("<ok/>");
    client.send(client.text("x".repeat(4 * 2 ** 20 + 1)));
    expect(await client.ended()).toEqual([{ "hybi-00": undefined, "hybi-06": 1004, rfc6455: 1009 }[dialect]]);
    expect(await endOf(client.id)).toBe("dropped");
  });
});

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
    expect(await endOf(client.id)).toBe("dropped");
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

describe("rfc6455 with ws", () => {
  const open = async (): Promise<{ client: WebSocket; next: () => Promise<string> }> => {
    const client = new WebSocket(`ws://127.0.0.1:${server.port}/netconf`, "netconf");
    const got: string[] = [];
    client.on("message", (data) => got.push(data.toString()));
    await once(client, "open");
    const next = async (): Promise<string> => {
      while (got.length === 0) await once(client, "message");
      return got.shift() ?? "";
    };
    return { client, next };
  };

  test("no extension is agreed, and the session works", async () => {
    const { client, next } = await open();
    expect(client.extensions).toBe("");
    expect(client.protocol).toBe("netconf");
    expect(await next()).toContain("<hello");
    client.send(hello());
    client.send(rpc("<close-session/>"));
    expect(await next()).toContain("<ok/>");
    expect(await once(client, "close")).toEqual([1000, Buffer.alloc(0)]);
  });

  test("an unmasked frame and invalid UTF-8 fail the connection", async () => {
    const unmasked = await session("rfc6455");
    unmasked.send(unmasked.frame({ kind: "text", mask: false, payload: Buffer.from("Hello") }));
    expect(await unmasked.ended()).toEqual([1002]);
    for (const bytes of ["c328", "eda080", "c0af", "f4908080", "e282"]) {
      const client = await session("rfc6455");
      client.send(client.frame({ kind: "text", payload: Buffer.from(bytes, "hex") }));
      expect(await client.ended()).toEqual([1007]);
    }
  });

  test("a thousand sessions in a row", { timeout: 10_000 }, async () => {
    const before = performance.now();
    const one = async (): Promise<void> => {
      const { client, next } = await open();
      await next();
      client.send(hello());
      client.send(rpc("<close-session/>"));
      await once(client, "close");
    };
    for (let n = 0; n < 50; n++) await Promise.all(Array.from({ length: 20 }, one));
    expect(performance.now() - before).toBeLessThan(8000);
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
      expect(await endOf(client.id)).toBe("closed");
    },
  );

  test("a length that cannot be stepped over ends the connection", async () => {
    const client = await session("hybi-00");
    client.send(latin1("\x80\xff\xff\xff\xff\xff\xff\xff\x7f"));
    await client.ended();
    expect(await endOf(client.id)).toBe("dropped");
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

describe("the server", () => {
  test("closes its sessions with 1001 and ends, whoever does not answer", async () => {
    const other = await startReference();
    const client = await openRaw("rfc6455", other.port);
    client.answers = false;
    await other.close();
    expect(await client.ended()).toEqual([1001]);
  });
});
