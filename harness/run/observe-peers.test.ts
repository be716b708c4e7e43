/**
 * `observe` between two implementations that share no code with the judge or with each other: a client on Python's
 * websockets and the server `ws`. Skipped where websockets is not installed, unless PEERS=required.
 */
import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { startMutant } from "../mutant/proxy.ts";
import type { Mutant, TransformSpec } from "../mutant/types.ts";
import { findTarget } from "../target/file.ts";
import { startTarget } from "../target/start.ts";
import { type Observation, observe } from "./observe.ts";

const python = ["/usr/bin/python3", "python3"].find(
  (command) => spawnSync(command, ["-c", "import websockets"]).status === 0,
);
const isRequired = process.env["PEERS"] === "required";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Two sessions: one subscribes with replay and sees the other begin and end; both end in good order. */
const client = `
import asyncio, sys, websockets
NC = 'urn:ietf:params:xml:ns:netconf:base:1.0'
NN = 'urn:ietf:params:xml:ns:netconf:notification:1.0'
async def begin(url):
    peer = await websockets.connect(url, subprotocols=['netconf'], compression=None)
    await peer.send(f'<hello xmlns="{NC}"><capabilities><capability>urn:ietf:params:netconf:base:1.1</capability></capabilities></hello>')
    assert '</hello>' in await peer.recv()
    return peer
async def until(peer, text):
    while text not in await peer.recv(): pass
def rpc(number, operation): return f'<rpc xmlns="{NC}" message-id="{number}">{operation}</rpc>'
async def end(peer, number):
    await peer.send(rpc(number, '<close-session/>'))
    try:
        while True: await peer.recv()
    except websockets.ConnectionClosed: pass
    await peer.wait_closed()
async def main(url):
    watcher = await begin(url)
    await watcher.send(rpc(1, f'<create-subscription xmlns="{NN}"><startTime>2020-01-01T00:00:00Z</startTime></create-subscription>'))
    await until(watcher, 'replayComplete')
    other = await begin(url)
    await other.send(rpc(1, '<get><filter type="subtree"><netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"/></filter></get>'))
    await until(other, 'message-id="1"')
    await other.ping()
    await end(other, 2)
    await until(watcher, 'netconf-session-end')
    await end(watcher, 2)
asyncio.run(main(sys.argv[1]))
`;

interface Pair {
  readonly server?: readonly TransformSpec[];
  readonly client?: readonly TransformSpec[];
}

/** The session with mutants on either side of the one who watches. */
async function watched({ server, client: own }: Pair): Promise<Observation> {
  const target = await startTarget(findTarget("ws"));
  closing.push(() => target.stop());
  const port = await behind(server, target.port);
  const observation = await observe({ listen: { host: "127.0.0.1", port: 0 }, forward: { host: "127.0.0.1", port } });
  closing.push(() => observation.stop());
  const url = `ws://127.0.0.1:${await behind(own, observation.port)}/netconf`;
  await promisify(execFile)(python ?? "python3", ["-c", client, url], { timeout: 60_000 });
  await observation.judged(2);
  return observation;
}

async function behind(transform: readonly TransformSpec[] | undefined, port: number): Promise<number> {
  if (!transform) return port;
  const entry = { id: "m", title: "m", requirement: "R", role: "server", dialects: ["rfc6455"], transform } as Mutant;
  const mutant = await startMutant(entry, { host: "127.0.0.1", port }, "rfc6455", 1);
  closing.push(() => mutant.close());
  return mutant.port;
}

const charged = ({ observed }: Observation, role: "server" | "client"): string[] => [
  ...new Set(observed.flatMap((one) => one[role].findings.map(({ requirement }) => requirement))),
];

describe.skipIf(python === undefined && !isRequired)(
  "a client on websockets and the server ws",
  { timeout: 90_000 },
  () => {
    test("are found to do nothing wrong", async () => {
      const observation = await watched({});
      expect(observation.observed.map(({ server, client: end }) => [server.verdict, end.verdict])).toEqual([
        ["pass", "pass"],
        ["pass", "pass"],
      ]);
    });

    test.each<[string, TransformSpec]>([
      ["NTF-RPL-004", { "repeat-message": { from: "server", kind: "notification", text: "replayComplete" } }],
      [
        "IID-MSG-002",
        {
          "replace-in-message": {
            from: "server",
            kind: "notification",
            replace: [{ pattern: "$", with: "]]>]]>" }],
          },
        },
      ],
      [
        "NC-RPC-001",
        {
          "replace-in-message": { from: "server", kind: "rpc-reply", replace: [{ pattern: 'id="2"', with: 'id="7"' }] },
        },
      ],
    ])("with a server that breaks %s the server is charged", async (requirement, transform) => {
      const observation = await watched({ server: [transform] }).catch((error) => error);
      if (observation instanceof Error) throw observation;
      expect(charged(observation, "server")).toContain(requirement);
      expect(charged(observation, "client")).toEqual([]);
    });

    test.each<[string, TransformSpec]>([
      [
        "NC-HELLO-015",
        {
          "replace-in-message": {
            from: "client",
            kind: "hello",
            replace: [{ pattern: "</capabilities>", with: "<capability>:x</capability></capabilities>" }],
          },
        },
      ],
      ["WS-HS-105", { "alter-request": { set: { Host: "a b" } } }],
    ])("with a client that breaks %s the client is charged", async (requirement, transform) => {
      const observation = await watched({ client: [transform] });
      expect(charged(observation, "client")).toContain(requirement);
      expect(charged(observation, "server")).toEqual([]);
    });
  },
);

test.runIf(isRequired)("websockets is installed", () => {
  expect(python).toBeDefined();
});
