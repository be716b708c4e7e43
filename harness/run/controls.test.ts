/** What the controls find out about the reference, and what they tell of one that breaks off. */
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { soon, targetAt } from "../scenario/testing/driven.ts";
import { greet } from "../scenario/testing/netconf-script.ts";
import { scriptedServer } from "../session/testing/scripted-server.ts";
import { startTarget } from "../target/start.ts";
import type { RunningTarget } from "../target/types.ts";
import { dialects } from "../wire/index.ts";
import { runControls } from "./controls.ts";
import { startJudging } from "./judging.ts";
import { fixturesFolder } from "./package-root.ts";
import { makePlan } from "./plan.ts";
import { reference } from "./reference.ts";

const { all, catalogue } = makePlan({ dialects: ["rfc6455"] });
const controls = all.filter(({ scenario }) => scenario.control !== undefined && scenario.role === "server");
const judging = startJudging(catalogue, path.join(fixturesFolder(), "requirements"));
let target: RunningTarget;
beforeAll(async () => {
  target = await startTarget(reference());
});
afterAll(() => target.stop());

function run(against: RunningTarget, signal = new AbortController().signal) {
  const context = {
    target: against,
    judging,
    seed: 1,
    runTag: "c",
    rerun: (id: string) => id,
    signal,
    policies: new Set<string>(),
    flooded: [],
  };
  const dialect = dialects.rfc6455;
  let index = 0;
  const needs = (facts: Parameters<Parameters<typeof runControls>[3]>[0]) => ({
    file: against.file,
    target: against,
    dialect,
    facts,
  });
  return runControls("rfc6455", controls, context, needs, () => index++);
}

test("there is one control of each kind", () => {
  expect(controls.map((one) => one.scenario.control).sort()).toEqual(
    ["event", "handshake", "replay", "rpc", "session", "streams", "subscription"].sort(),
  );
});

test("of a whole server they find capabilities, streams, session events and the clock", async () => {
  const { facts, failed, executed, upgraded } = await run(target);
  expect([...failed]).toEqual([]);
  expect(upgraded).toBe(true);
  expect([...executed.values()].map(({ result }) => result.verdict)).toEqual(controls.map(() => "pass"));
  expect(facts.capabilities).toContain("urn:ietf:params:netconf:base:1.1");
  expect(facts.streams).toContainEqual({ name: "NETCONF", replay: true });
  expect(facts.sessionEvents).toEqual(["netconf-session-start", "netconf-session-end"]);
  expect(Math.abs(facts.clockOffsetMs)).toBeLessThan(1000);
});

test("of one that answers no rpc they tell what failed first, once for all behind it", async () => {
  const server = await scriptedServer("rfc6455", async (side) => {
    await greet(side);
    await side.next(({ type }) => type === "close");
  });
  const { failed, executed, upgraded, facts } = await run(targetAt(server.port, { access: { deadlines: soon } }));
  await server.close();
  expect(upgraded).toBe(true);
  expect([...failed.keys()]).toEqual(["rpc"]);
  expect(failed.get("rpc")).toMatch(/^the control rpc\/plain@rfc6455 did not get through: A request was not answered/);
  expect([...executed.keys()]).toEqual(["handshake/plain@rfc6455", "hello/plain@rfc6455", "rpc/plain@rfc6455"]);
  expect(facts.streams).toEqual([]);
});

test("of one that refuses the handshake they try no more than that", async () => {
  const server = await scriptedServer("rfc6455", (side) => void side.socket.end("HTTP/1.1 503 x\r\n\r\n"));
  const { failed, upgraded } = await run(targetAt(server.port, { access: { deadlines: soon } }));
  expect(server.connections).toBe(1);
  await server.close();
  expect(upgraded).toBe(false);
  expect(new Set(failed.values()).size).toBe(1);
  expect([...failed.keys()].slice(0, 3)).toEqual(["handshake", "session", "rpc"]);
});

test("once the run is interrupted there are none", async () => {
  const { executed } = await run(target, AbortSignal.abort());
  expect(executed.size).toBe(0);
});

test("where TLS is refused, that is why what rests on it was not tried", { timeout: 30_000 }, async () => {
  const { cert, key, ...trust } = target.file.access.tls ?? {};
  const access = { ...target.file.access, tls: trust };
  const { failed } = await run({ ...target, ...target.tls, secure: true, file: { ...target.file, access } });
  expect(failed.get("handshake")).toMatch(/the target refused TLS: certificate required; is access\.tls\.cert/);
});
