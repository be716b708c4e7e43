/** A run against scripted targets: what is planned is executed, what cannot be is accounted for. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { catalogueOf } from "../judge/catalogue.ts";
import { casesOf } from "../scenario/cases.ts";
import { type Script, soon, targetAt } from "../scenario/testing/driven.ts";
import { capabilities, greet, okTo, serving } from "../scenario/testing/netconf-script.ts";
import type { Control, Scenario, Step } from "../scenario/types.ts";
import { transcriptFromJsonLines } from "../session/recorder.ts";
import { type ScriptedServer, scriptedServer } from "../session/testing/scripted-server.ts";
import type { TargetFile } from "../target/types.ts";
import type { DialectName } from "../wire/types.ts";
import { execute } from "./execute.ts";
import { jobsFor, judgeTarget, type RunEvent, type RunOptions } from "./judge-target.ts";
import { startJudging } from "./judging.ts";
import { fixturesFolder } from "./package-root.ts";
import { makePlan, type Plan } from "./plan.ts";

const { catalogue } = makePlan({ cases: ["rpc/plain"] });
const judging = startJudging(catalogue, path.join(fixturesFolder(), "requirements"));
const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

function scenario(id: string, drive: readonly Step[], more: Partial<Scenario> = {}): Scenario {
  return {
    id,
    title: `The case ${id}`,
    role: "server",
    needs: [],
    covers: [],
    exclusive: false,
    drive,
    judge: [],
    rests: [],
    file: "test.yaml",
    ...more,
  };
}
const control = (name: Control, drive: readonly Step[], rests: readonly Control[] = []) =>
  scenario(`control/${name}`, drive, { control: name, rests });
const asking = (id: string, more: Partial<Scenario> = {}) =>
  scenario(
    id,
    [{ session: "a" }, { rpc: { on: "a", label: "asked", op: `<${id.replace("/", "-")}/>`, await: "outcome" } }],
    {
      judge: [{ ok: { to: "asked", requirement: "NC-FLT-001" } }],
      rests: ["handshake", "session", "rpc"],
      ...more,
    },
  );
const controls = [
  control("handshake", [{ open: "a" }]),
  control("session", [{ session: "a" }], ["handshake"]),
  control("rpc", [{ session: "a" }, { rpc: { on: "a" } }], ["handshake", "session"]),
];

function planOf(scenarios: readonly Scenario[], dialects: readonly DialectName[] = ["rfc6455"]): Plan {
  const all = [...controls, ...scenarios].flatMap((one) => casesOf(one, dialects));
  const ids = new Set(scenarios.map(({ id }) => id));
  return { catalogue, all, cases: all.filter((one) => ids.has(one.scenario.id)) };
}

interface Played {
  readonly results: Awaited<ReturnType<typeof judgeTarget>>;
  readonly events: readonly RunEvent[];
  readonly connections: number;
}

async function play(
  script: Script,
  plan: Plan,
  options: Partial<RunOptions> = {},
  claims: Partial<TargetFile["claims"]> = { dialects: ["rfc6455"] },
): Promise<Played> {
  const server = await scriptedServer("rfc6455", script);
  servers.push(server);
  const events: RunEvent[] = [];
  const target = targetAt(server.port, { claims, access: { deadlines: { ...soon, reply: 300 } } });
  const given = { target: target.file, onEvent: (event: RunEvent) => void events.push(event), ...options };
  const results = await judgeTarget(target, plan, given, judging);
  return { results, events, connections: server.connections };
}
const verdicts = ({ results }: Played) =>
  Object.fromEntries(results.cases.map(({ id, verdict }) => [id.split("@")[0], verdict]));
const reasons = ({ results }: Played) => results.cases.map(({ reason }) => reason);
/** Refuses the operations named. */
const refusing = (...names: readonly string[]): Script =>
  serving((rpc, side) => {
    const isRefused = names.some((name) => rpc.includes(`<${name}/>`));
    const error =
      "<rpc-error><error-type>protocol</error-type><error-tag>operation-not-supported</error-tag><error-severity>error</error-severity></rpc-error>";
    if (isRefused) side.text(okTo(rpc, error));
    return isRefused;
  });
const many = Array.from({ length: 10 }, (_, index) => asking(`many/c${index}`));

test.each([
  [undefined, undefined, 8],
  [undefined, 3, 3],
  [16, undefined, 16],
  [16, 20, 16],
  [1, 8, 1],
])("of a target that takes %s cases at a time, asked for %s, %i run at a time", (limit, asked, expected) => {
  const { claims } = targetAt(1, {}).file;
  const limits = { ...claims.limits, ...(limit === undefined ? {} : { jobs: limit }) };
  expect(jobsFor({ claims: { ...claims, limits } }, asked)).toBe(expected);
});

describe("planned = executed", () => {
  test("every case has a result, in the order of the plan, and is told as it comes", async () => {
    const { results, events } = await play(
      refusing("many-c3"),
      planOf([...many, asking("alone/x", { exclusive: true })]),
      { jobs: 3, seed: 5 },
    );
    expect(results).toMatchObject({
      complete: true,
      planned: 11,
      seed: 5,
      target: { observed: { capabilities, dialects: ["rfc6455"] } },
    });
    expect(results.cases.map(({ id }) => id)).toEqual([...many.map(({ id }) => `${id}@rfc6455`), "alone/x@rfc6455"]);
    expect(results.summary).toEqual({ pass: 10, warn: 0, fail: 1, inconc: 0, "n/a": 0, error: 0 });
    expect(results.cases[3]).toMatchObject({
      verdict: "fail",
      findings: [{ requirement: "NC-FLT-001", message: "A request that is right was refused" }],
      rerun: "ncwspec run scripted --case 'many/c3@rfc6455' --seed 5",
    });
    const told = events.flatMap((event) => (event.type === "case" ? [[event.done, event.planned, event.failing]] : []));
    expect(told.map(([done]) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(told.at(-1)).toEqual([11, 11, 1]);
    expect(events.at(-1)).toMatchObject({ result: { id: "alone/x@rfc6455" } });
    expect(results.requirements).toContainEqual(expect.objectContaining({ id: "NC-FLT-001", verdict: "fail" }));
    expect(results.requirements).toContainEqual(expect.objectContaining({ id: "NC-RPC-001", verdict: "pass" }));
  });

  test("a control that is planned runs once", async () => {
    const plan = planOf([]);
    const all = { ...plan, cases: plan.all };
    const { results, connections } = await play(serving(), all);
    expect(results.cases.map(({ verdict }) => verdict)).toEqual(["pass", "pass", "pass"]);
    expect(connections).toBe(3);
  });

  test("transcripts are kept where told, and say what was judged", async () => {
    const out = mkdtempSync(path.join(tmpdir(), "run-"));
    try {
      const { results } = await play(serving(), planOf([asking("kept/one")]), { out });
      const file = path.join(out, results.cases[0]?.transcript ?? "none");
      expect(existsSync(file)).toBe(true);
      const { transcript, header } = transcriptFromJsonLines(readFileSync(file, "utf8"));
      expect(transcript.case).toBe("kept/one@rfc6455");
      expect(header).toMatchObject({ title: "The case kept/one", judge: [{ ok: { to: "asked" } }] });
    } finally {
      rmSync(out, { recursive: true });
    }
  });

  test("known failures are marked", async () => {
    const known = { file: "k", entries: [{ case: "many/c0", reason: "we know" }] };
    const { results } = await play(refusing("many-c0"), planOf(many.slice(0, 2)), { known });
    expect(results.cases.map((one) => one.known?.reason)).toEqual(["we know", undefined]);
  });
});

describe("cut short", () => {
  test("after so many failing cases: what was done is reported, and that it is not all", async () => {
    const script = refusing("many-c1", "many-c2", "many-c5");
    const { results } = await play(script, planOf(many), { jobs: 1, bail: 2 });
    expect(results).toMatchObject({ complete: false, reason: "stopped after 2 failing cases (--bail)", planned: 10 });
    expect(results.cases.map(({ verdict }) => verdict)).toEqual(["pass", "fail", "fail"]);
  });

  test("at the last case it is complete", async () => {
    const { results } = await play(refusing("many-c1"), planOf(many.slice(0, 2)), { jobs: 1, bail: 1 });
    expect(results.complete).toBe(true);
  });

  test("by an interruption: the results so far, at once", async () => {
    const abort = new AbortController();
    const script: Script = serving((rpc) => {
      if (!rpc.includes("<many-c4/>")) return false;
      abort.abort();
      return true;
    });
    const { results } = await play(script, planOf(many), { jobs: 1, signal: abort.signal });
    expect(results).toMatchObject({ complete: false, reason: "interrupted", planned: 10 });
    expect(results.cases.map(({ id }) => id)).toEqual(many.slice(0, 4).map(({ id }) => `${id}@rfc6455`));
  });

  test("by an interruption before anything", async () => {
    const { results, connections } = await play(serving(), planOf(many), { signal: AbortSignal.abort() });
    expect(results).toMatchObject({ complete: false, reason: "interrupted", cases: [], planned: 10 });
    expect(connections).toBe(0);
  });
});

describe("a target that is half dead", () => {
  test("without a hello: what rests on a session is inconc at once, the handshake is judged", async () => {
    const script: Script = async (side) => {
      await side.accept();
      await side.next(({ type }) => type === "close");
    };
    const opening = scenario("plain/open", [{ open: "a" }], {
      judge: [{ upgraded: { on: "a", requirement: "WS-HS-002" } }],
      rests: ["handshake"],
    });
    const started = performance.now();
    const played = await play(script, planOf([opening, ...many]));
    expect(verdicts(played)["plain/open"]).toBe("pass");
    expect(played.results.summary).toMatchObject({ pass: 1, inconc: 10 });
    expect(new Set(reasons(played).slice(1))).toEqual(
      new Set([
        "the control control/session@rfc6455 did not get through: step 1 (session): no hello came from the server",
      ]),
    );
    expect(performance.now() - started).toBeLessThan(1500);
    expect(played.connections).toBe(3);
  });

  test("without a reply: what rests on a session only is still judged", async () => {
    const hearing = scenario("plain/hello", [{ session: "a" }], {
      judge: [{ xml: { of: { hello: "a" }, holds: "/nc:hello", requirement: "NC-HELLO-002" } }],
      rests: ["handshake", "session"],
    });
    const played = await play((side) => greet(side), planOf([hearing, asking("plain/rpc")]));
    expect(verdicts(played)).toEqual({ "plain/hello": "pass", "plain/rpc": "inconc" });
  });

  test("that is not there at all: everything is inconc", async () => {
    const played = await play((side) => void side.socket.destroy(), planOf(many));
    expect(played.results.summary).toMatchObject({ inconc: 10 });
    expect(played.results.target.observed).toEqual({ capabilities: [], dialects: [] });
  });

  test("a claim that does not hold keeps its control's reason", async () => {
    const played = await play((side) => void side.socket.destroy(), planOf([asking("plain/x", { needs: [":xpath"] })]));
    expect(verdicts(played)).toEqual({ "plain/x": "inconc" });
  });
});

describe("what is not claimed is n/a", () => {
  test("a precondition", async () => {
    const played = await play(
      serving(),
      planOf([asking("plain/x", { needs: [":xpath"] }), asking("plain/y", { needs: ["subprotocol"] })]),
    );
    expect(verdicts(played)).toEqual({ "plain/x": "n/a", "plain/y": "pass" });
    expect(reasons(played)[0]).toBe("the target does not claim :xpath");
  });

  test("a dialect, for which nothing is even tried", async () => {
    const played = await play(serving(), planOf([asking("plain/x")], ["rfc6455", "hybi-06"]));
    expect(played.results.cases.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["plain/x@rfc6455", "pass"],
      ["plain/x@hybi-06", "n/a"],
    ]);
    expect(played.connections).toBe(4);
  });

  test("of a bare URL: what no handshake got through in", async () => {
    const bare = { capabilities: "from-hello" } as const;
    const only: Script = async (side, index) => {
      if ((await side.request()).dialect === "rfc6455") await serving()(side, index);
      else side.socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    };
    const played = await play(only, planOf([asking("plain/x")], ["hybi-06", "rfc6455"]), {}, bare);
    expect(played.results.cases.map(({ verdict }) => verdict)).toEqual(["n/a", "pass"]);
    const dead = await play(
      (side) => void side.socket.destroy(),
      planOf([asking("plain/x")], ["hybi-06", "rfc6455"]),
      {},
      bare,
    );
    expect(dead.results.cases.map(({ verdict }) => verdict)).toEqual(["n/a", "inconc"]);
  });
});

describe("the suite's own faults are errors", () => {
  test("a check that throws, a step that throws", async () => {
    const check = asking("faulty/check", { judge: [{ "no-such-check": { requirement: "NC-FLT-001" } }] });
    const step = scenario("faulty/step", [{ open: "a" }, { send: { on: "a", frames: [{ kind: "nonsense" }] } }]);
    const played = await play(serving(), planOf([check, step, asking("plain/x")]));
    expect(verdicts(played)).toEqual({ "faulty/check": "error", "faulty/step": "error", "plain/x": "pass" });
    expect(reasons(played)).toEqual([
      'there is no check "no-such-check"',
      expect.stringContaining("no opcode"),
      undefined,
    ]);
  });

  test("a case beyond its limit, whose connections are hung up", async () => {
    let isClosed = false;
    const server = await scriptedServer("rfc6455", async (side) => {
      side.socket.on("close", () => (isClosed = true));
      await side.accept();
      await side.next();
      side.socket.end();
    });
    servers.push(server);
    const [one] = casesOf(scenario("slow/one", [{ open: "a" }, { await: { on: "a", end: true, within: 60_000 } }]), [
      "rfc6455",
    ]);
    const context = {
      target: targetAt(server.port),
      judging,
      seed: 1,
      runTag: "t",
      rerun: (id: string) => id,
      signal: new AbortController().signal,
      policies: new Set<string>(),
      flooded: [],
      caseLimitMs: 100,
    };
    const facts = { capabilities: [], streams: [], clockOffsetMs: 0, sessionEvents: [] };
    const { result, through } = await execute(one as never, 0, facts, context);
    expect(result).toMatchObject({ verdict: "error", reason: "the case took longer than 100 ms" });
    expect(through).toBe(false);
    await expect.poll(() => isClosed).toBe(true);
  });
});

test("a requirement that the catalogue lacks is the suite's fault, not the target's", async () => {
  const bare = startJudging(catalogueOf([]), "");
  await expect(
    bare.judge(
      { case: "c", dialect: "rfc6455", role: "server", entries: [] },
      { checks: [{ ok: { to: "x", requirement: "X" } }] },
    ),
  ).rejects.toThrow("requirement X");
  await bare.close();
});
