/** Two peers watched: no byte altered, both ends judged, each charged with what it does itself. */
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type RunningMutant, startMutant } from "../mutant/proxy.ts";
import type { Mutant, TransformSpec } from "../mutant/types.ts";
import { createSubscription, hello, rpc } from "../netconf/index.ts";
import { type Reference, startReference } from "../reference/server.ts";
import { type Observation, type ObserveOptions, observe } from "./observe.ts";
import { judgeRecordings } from "./recordings.ts";

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const here = (port: number) => ({ host: "127.0.0.1", port });

async function watch(port: number, more: Partial<ObserveOptions> = {}): Promise<Observation> {
  const observation = await observe({ listen: here(0), forward: here(port), ...more });
  closing.push(() => observation.stop());
  return observation;
}
async function reference(): Promise<Reference> {
  const server = await startReference();
  closing.push(() => server.close());
  return server;
}
async function mutant(port: number, ...transform: readonly TransformSpec[]): Promise<RunningMutant> {
  const entry = { id: "m", title: "m", requirement: "R", role: "server", dialects: ["rfc6455"], transform } as Mutant;
  const running = await startMutant(entry, here(port), "rfc6455", 1);
  closing.push(() => running.close());
  return running;
}
/** A server that does as told with each socket; its port. */
async function listening(attend: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    attend(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return (server.address() as { port: number }).port;
}
const charged = ({ observed }: Observation) =>
  observed.map(({ server, client }) => [server, client].map(({ findings }) => findings.map((one) => one.requirement)));

const capabilities = ["urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1"];

/**
 * Opens a session, asks for the streams, subscribes with replay, ends with close-session and the closing handshake.
 * @returns the texts that came
 */
async function wholeSession(port: number): Promise<string[]> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/netconf`, "netconf", { perMessageDeflate: false });
  const came: string[] = [];
  let arrived = () => {};
  socket.on("message", (data) => {
    came.push(String(data));
    arrived();
  });
  const until = async (text: string): Promise<void> => {
    while (!came.some((message) => message.includes(text)))
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
  };
  await once(socket, "open");
  socket.send(hello(capabilities));
  await until("</hello>");
  socket.send(
    rpc(
      "1",
      '<get><filter type="subtree"><netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"/></filter></get>',
    ),
  );
  await until('message-id="1"');
  socket.send(rpc("2", createSubscription({ startTime: "2020-01-01T00:00:00Z" })));
  await until("replayComplete");
  socket.send(rpc("3", "<close-session/>"));
  await once(socket, "close");
  return came;
}

/** ws ends TCP when Close frames have gone both ways, which a client should leave to the server (RFC 6455 §7.1.1). */
const ofWs = ["WS-CLS-010"];

describe("a whole session", { timeout: 30_000 }, () => {
  test("of conforming peers has no finding, and is judged again from its recording", async () => {
    const out = mkdtempSync(join(tmpdir(), "ncwspec-observe-"));
    closing.push(() => rmSync(out, { recursive: true }));
    const observation = await watch((await reference()).port, { out });
    expect((await wholeSession(observation.port)).length).toBeGreaterThan(4);
    await wholeSession(observation.port);
    await observation.judged(2);
    const results = await observation.stop();
    expect(charged(observation)).toEqual([
      [[], ofWs],
      [[], ofWs],
    ]);
    expect(results.cases.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      "observed/server[1]@rfc6455 pass",
      "observed/client[1]@rfc6455 warn",
      "observed/server[2]@rfc6455 pass",
      "observed/client[2]@rfc6455 warn",
    ]);
    const held = results.requirements.filter(({ verdict }) => verdict === "pass").map(({ id }) => id);
    for (const id of ["WS-HS-101", "WS-HS-115", "WS-FRM-008", "NC-RPC-001", "NC-RPC-011", "NTF-RPL-004", "NC-SES-008"])
      expect(held).toContain(id);
    const files = readdirSync(join(out, "transcripts")).sort();
    const again = judgeRecordings(
      files.map((file) => ({ file, content: readFileSync(join(out, "transcripts", file)) })),
    ).results;
    const told = ({ cases }: typeof again) => cases.map(({ id, verdict, findings }) => ({ id, verdict, findings }));
    expect(told(again)).toEqual(told(results));
  });

  test("with a server mutant in the path charges the server alone", async () => {
    const mutated = await mutant((await reference()).port, {
      "repeat-message": { from: "server", kind: "notification", text: "replayComplete" },
    });
    const observation = await watch(mutated.port);
    await wholeSession(observation.port);
    await observation.judged(1);
    expect(charged(observation)).toEqual([[["NTF-RPL-004"], ofWs]]);
  });

  test("with a client mutant in the path charges the client alone", async () => {
    const observation = await watch((await reference()).port);
    const mutated = await mutant(observation.port, {
      "replace-in-message": {
        from: "client",
        kind: "hello",
        replace: [{ pattern: "</capabilities>", with: "<capability>:xpath</capability></capabilities>" }],
      },
    });
    await wholeSession(mutated.port);
    await observation.judged(1);
    expect(charged(observation)).toEqual([[[], [...ofWs, "NC-HELLO-015"]]]);
  });
});

describe("what goes through", { timeout: 30_000 }, () => {
  test("is the same bytes, whatever they are, and ends as it ended", async () => {
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) & 255));
    const port = await listening((socket) => socket.pipe(socket));
    const observation = await watch(port, { limits: { connectionBytes: 10_000 } });
    const client = connect(observation.port, "127.0.0.1");
    const came: Buffer[] = [];
    client.on("data", (bytes) => came.push(bytes));
    const over = new Promise<void>((resolve) => client.on("end", resolve));
    client.end(sent);
    await over;
    expect(Buffer.concat(came).equals(sent)).toBe(true);
    await observation.judged(1);
    expect(observation.observed[0]?.server).toMatchObject({ verdict: "n/a" });
  });

  test("a reset of one end reaches the other as a reset", async () => {
    const reset = new Promise<string>((resolve) => {
      void listening((socket) =>
        socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "")).on("data", () => {}),
      ).then(async (port) => {
        const observation = await watch(port);
        const client = connect(observation.port, "127.0.0.1", () => client.resetAndDestroy());
        client.on("error", () => {});
      });
    });
    expect(await reset).toBe("ECONNRESET");
  });
});

describe("what cannot be judged", { timeout: 30_000 }, () => {
  test.each([
    ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc", /TLS/],
    ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", /no opening handshake of WebSocket: GET \//],
    ["hello\r\n\r\n", /no HTTP request/],
    ["", /nothing was sent/],
  ])("%j: one line says why", async (text, reason) => {
    const port = await listening((socket) => socket.on("end", () => socket.end()).resume());
    const observation = await watch(port);
    connect(observation.port, "127.0.0.1")
      .on("error", () => {})
      .end(text, "latin1");
    await observation.judged(1);
    const [one] = observation.observed;
    expect(one?.server).toMatchObject({ verdict: "n/a", reason: expect.stringMatching(reason) });
    expect(one?.client).toMatchObject({ verdict: "n/a", findings: [] });
  });

  test("a server that is not there is said to be unreachable", async () => {
    const port = await listening(() => {});
    await closing.pop()?.();
    const observation = await watch(port);
    connect(observation.port, "127.0.0.1").on("error", () => {});
    await observation.judged(1);
    expect(observation.unreachable).toMatch(/ECONNREFUSED/);
  });

  test("more connections than are recorded are forwarded, and the results say how many", async () => {
    const notes: string[] = [];
    const port = await listening((socket) => socket.pipe(socket));
    const observation = await watch(port, { limits: { recordings: 1 }, onNote: (line) => notes.push(line) });
    for (let turn = 0; turn < 3; turn += 1) {
      const client = connect(observation.port, "127.0.0.1");
      const echoed = new Promise((resolve) => client.once("data", resolve));
      client.write("x");
      expect(String(await echoed)).toBe("x");
      client.destroy();
    }
    await observation.judged(1);
    expect(notes).toEqual([expect.stringMatching(/connection 2 is forwarded only: 1 were recorded already/)]);
    expect(await observation.stop()).toMatchObject({
      complete: false,
      reason: "2 connections were forwarded without being recorded",
    });
  });

  test("a recording that was cut is judged as far as it goes, and never green", async () => {
    const observation = await watch((await reference()).port, { limits: { connectionBytes: 2000 } });
    await wholeSession(observation.port);
    await observation.judged(1);
    expect(charged(observation)).toEqual([[[], []]]);
    expect(observation.observed[0]?.server).toMatchObject({ verdict: "inconc", reason: expect.stringMatching(/2000/) });
  });

  test("what is open when watching ends is judged as far as it went", async () => {
    const observation = await watch((await reference()).port);
    const client = connect(observation.port, "127.0.0.1");
    client.write("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n");
    await new Promise((resolve) => client.once("data", resolve));
    const { cases } = await observation.stop();
    client.destroy();
    expect(cases.map(({ role, verdict }) => `${role} ${verdict}`)).toEqual(["server pass", "client fail"]);
  });
});
