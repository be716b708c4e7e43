import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Identity, issue } from "../tls/issue.ts";
import { keyRing } from "../tls/key-ring.ts";
import { type RunningMutant, startMutant } from "./proxy.ts";
import type { TransformSpec } from "./types.ts";

const authority = issue({ commonName: "authority", authority: true });
const own = issue({ commonName: "own" }, authority);
const user = issue({ commonName: "user" }, authority);
const made = issue({ commonName: "made" });

/** Says whose certificate it saw. */
const upstream = createServer(
  {
    ...issue({ commonName: "upstream", names: [{ dns: "up.example" }] }, authority),
    requestCert: true,
    rejectUnauthorized: false,
  },
  (socket) => void socket.end(`${socket.getPeerCertificate().subject?.CN ?? "nobody"}`),
);
beforeAll(async () => void (await once(upstream.listen(0, "127.0.0.1"), "listening")));
afterAll(() => void upstream.close());

async function through(transform: TransformSpec, identity: Identity | undefined, plain = false): Promise<string> {
  const { port } = upstream.address() as { port: number };
  const place = { host: "127.0.0.1", port };
  const rings = { known: keyRing(own, user), made: keyRing(made) };
  const tls = { ...place, ca: authority.cert, servername: "up.example", own, ...rings };
  const mutant = {
    id: "t/t",
    title: "",
    requirement: "T-1",
    role: "server",
    dialects: ["rfc6455"],
    transform: [transform],
  } as const;
  const proxy = await startMutant(mutant, { ...place, tls }, "rfc6455", 1);
  try {
    return await said(proxy, identity, plain);
  } finally {
    await proxy.close();
  }
}

async function said({ tls }: RunningMutant, identity: Identity | undefined, plain: boolean): Promise<string> {
  const place = { host: "127.0.0.1", port: tls?.port ?? 0 };
  const socket = plain ? connectTcp(place) : connect({ ...place, ca: tls?.ca ?? "", servername: "", ...identity });
  if (plain) socket.write("GET /");
  let text = "";
  socket.on("data", (data) => {
    text += data;
  });
  socket.on("error", () => {});
  await once(socket as TLSSocket, "close");
  return text;
}

const nothing = { "drop-message": { from: "server", kind: "hello" } };

test.each<[string, TransformSpec, Identity | undefined, string]>([
  ["the certificate that the client shows", nothing, user, "user"],
  ["one that a case has made", nothing, made, "made"],
  ["none where the client shows none", nothing, undefined, "nobody"],
  ["the suite's own, lent for none", { "lend-certificate": { when: "none" } }, undefined, "own"],
  ["the suite's own, lent for an unknown one", { "lend-certificate": { when: "unknown" } }, made, "own"],
  ["a known one all the same", { "lend-certificate": { when: "unknown" } }, user, "user"],
])("the upstream sees %s", async (_, transform, identity, expected) => {
  expect(await through(transform, identity)).toBe(expected);
});

test("without TLS there is nothing but with accept-plain", async () => {
  expect(await through(nothing, undefined, true)).not.toContain("own");
  expect(await through({ "accept-plain": {} }, undefined, true)).toBe("own");
  expect(await through({ "accept-plain": {} }, user)).toBe("user");
});
