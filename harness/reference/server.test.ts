import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { DialectName } from "../wire/types.ts";
import { type Reference, startReference } from "./server.ts";
import { ask, endOf, type LiveSession, openLive } from "./testing/live-session.ts";
import { hello, marks, rpc, subscribe } from "./testing/peer.ts";
import { openRaw, type RawClient } from "./testing/raw-client.ts";

let server: Reference;
beforeAll(async () => {
  server = await startReference();
});
afterAll(() => server.close());

const ALL: readonly DialectName[] = ["hybi-00", "hybi-06", "rfc6455"];
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const isReply = (message: string): boolean => message.includes("rpc-reply");

const session = (dialect: DialectName): Promise<LiveSession> => openLive(dialect, server);
const ending = ({ id }: LiveSession): Promise<string> => endOf(id, server);

describe.each(ALL)("%s", (dialect) => {
  test("a session from hello to close-session", async () => {
    const client = await session(dialect);
    expect(client.head).toMatch(/^HTTP\/1\.1 101 /);
    expect(await ask(client, "<get/>")).toContain("漢字 😀");
    expect(await ask(client, "<close-session/>")).toContain("<ok/>");
    expect(await client.ended()).toEqual([dialect === "hybi-00" ? undefined : 1000]);
    expect(client.events.filter(({ type }) => type === "breach")).toEqual([]);
    expect(await ending(client)).toBe("closed");
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
    expect(await ending(client)).toBe(reason);
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
    expect(await ending(client)).toBe("killed");
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
    expect(await ending(client)).toBe("dropped");
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

describe("the server", () => {
  test("closes its sessions with 1001 and ends, whoever does not answer", async () => {
    const other = await startReference();
    const client = await openRaw("rfc6455", other.port);
    client.answers = false;
    await other.close();
    expect(await client.ended()).toEqual([1001]);
  });
});
