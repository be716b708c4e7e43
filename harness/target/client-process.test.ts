/** Clients that are commands, with and without a readiness line. */
import { afterEach, describe, expect, test } from "vitest";
import type { Report, Task } from "./client.ts";
import { clientTarget } from "./file.ts";
import { startTarget } from "./start.ts";
import type { RunningTarget } from "./types.ts";

let running: RunningTarget | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const task: Task = { case: "a/b@rfc6455", dialect: "rfc6455", url: "ws://127.0.0.1:1/netconf", subprotocol: "netconf" };
const never = new Promise<undefined>(() => {});

async function client(source: string): Promise<RunningTarget & { client: NonNullable<RunningTarget["client"]> }> {
  running = await startTarget(clientTarget([process.execPath, "-e", source]));
  if (!running.client) throw new Error("no client");
  return { ...running, client: running.client };
}

/** The first report that it makes. */
function firstReport(run: { onReport(take: (report: Report) => void): void }): Promise<Report> {
  return new Promise((resolve) => run.onReport(resolve));
}

const print = (line: unknown) => `console.log(JSON.stringify(${JSON.stringify(line)}));`;
const stay = "setInterval(() => {}, 1000);";
const ready = { ready: true, control: ["close"], reports: ["notification"] };
/** Answers each task with a report, and is done with it when it is told to close. */
const reusing = `${print({ ...ready, reuse: true })}
  require("readline").createInterface(process.stdin).on("line", (text) => {
    const line = JSON.parse(text);
    const say = (what) => console.log(JSON.stringify({ ...what, case: line.case ?? line.task.case }));
    if (line.task) say({ report: "open", url: line.task.url });
    if (line.close) say({ report: "done", exit: 127 });
  });`;

describe("a process for each task", { timeout: 20_000 }, () => {
  test("has its task in its environment, and reports before and behind other lines", async () => {
    const names = "CONTRACT ROLE CASE DIALECT SUBPROTOCOL URL TLS STREAM FILTER START_TIME".split(" ");
    const source = `console.log("log");console.log(JSON.stringify({report:"open",env:${JSON.stringify(names)}.map((n) => process.env["NCWS_" + n] ?? null)}));`;
    const { client: one } = await client(source);
    const run = await one.start({ ...task, stream: "NETCONF" }, Promise.resolve("there"));
    const values = ["1", "client", task.case, "rfc6455", "netconf", task.url, "off", "NETCONF", null, null];
    expect(await firstReport(run)).toEqual({ report: "open", env: values });
    expect(await run.ended).toBe(0);
    expect(run.lastOutput()).toBe("log");
    expect(one.offers).toMatchObject({ control: [], reports: [] });
  });

  test("says in its readiness line what it can, and obeys control lines", async () => {
    const { client: one } = await client(`${print(ready)}process.stdin.once("data", (data) => {
      console.log(JSON.stringify({ report: "reply", got: String(data).trim() }));});`);
    const run = await one.start(task, never);
    expect(one.offers).toMatchObject({ control: ["close"], reports: ["notification"] });
    await run.control({ close: true });
    expect(await firstReport(run)).toEqual({ report: "reply", got: '{"close":true}' });
  });

  test("is started again for the next task, and ended with it", async () => {
    const { client: one } = await client(`console.log(JSON.stringify({report:"open",pid:process.pid}));${stay}`);
    const first = await one.start(task, Promise.resolve("there"));
    const second = await one.start({ ...task, case: "a/c@rfc6455" }, Promise.resolve("there"));
    const pids = await Promise.all([firstReport(first), firstReport(second)]);
    expect(pids[0]).not.toEqual(pids[1]);
    await Promise.all([first.stop(), second.stop()]);
    expect(await first.ended).toBe("SIGTERM");
  });

  test("that ends at once tells its status", async () => {
    const { client: one } = await client('console.error("no such dialect"); process.exitCode = 127;');
    const run = await one.start(task, never);
    expect(await run.ended).toBe(127);
    expect(run.lastOutput()).toBe("no such dialect");
  });

  test("that cannot be started says why", async () => {
    running = await startTarget(clientTarget(["no-such-program-here"]));
    const run = await running.client?.start(task, never);
    expect(await run?.ended).toMatch(/ENOENT/);
  });
});

describe("one process for all tasks", { timeout: 20_000 }, () => {
  test("gets each as a line, several at once, and its reports find their way by their case", async () => {
    const { client: one } = await client(reusing);
    const cases = ["a/b@rfc6455", "a/c@rfc6455"];
    const runs = await Promise.all(
      cases.map((id) => one.start({ ...task, case: id, url: `ws://127.0.0.1:1/${id}` }, never)),
    );
    const reports = await Promise.all(runs.map(firstReport));
    expect(reports.map(({ url }) => url)).toEqual(cases.map((id) => `ws://127.0.0.1:1/${id}`));
    await runs[1]?.control({ close: true });
    expect(await runs[1]?.ended).toBe(127);
    expect(one.arrival).toBe(2000);
  });

  test("is started anew when it has ended", async () => {
    const { client: one } = await client(
      `${reusing}process.stdin.on("data", (data) => String(data).includes("end") && process.exit(1));`,
    );
    const first = await one.start(task, never);
    await first.control({ end: true });
    expect(await first.ended).toBe("its process ended with status 1");
    const second = await one.start(task, never);
    expect(await firstReport(second)).toMatchObject({ report: "open" });
  });
});
