import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { targetFromUrl } from "./file.ts";
import { startTarget, TargetUnavailable, TargetUnreachable } from "./index.ts";
import type { RunningTarget, TargetFile } from "./types.ts";

let running: RunningTarget | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

type Requires = readonly { readonly command: string; readonly install: string }[];

/** A target that is a node script. */
function script(source: string, requires: Requires = []): TargetFile {
  const file = targetFromUrl("ws://127.0.0.1/");
  return { ...file, name: "script", reach: { process: { command: [process.execPath, "-e", source], requires } } };
}

const ready = 'console.log(JSON.stringify({ready:true,port:4711,name:"x",version:"9"}));';
const stay = "setInterval(() => {}, 1000);";

async function refusal(file: TargetFile, timeScale = 1): Promise<TargetUnreachable> {
  const error: unknown = await startTarget(file, { timeScale }).then(
    (target) => target.stop().then(() => undefined),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TargetUnreachable);
  expect((error as Error).message).not.toContain("\n");
  return error as TargetUnreachable;
}

/** Resolves when no process has this id any more (a zombie counts as gone). */
async function gone(pid: number): Promise<void> {
  const { readFile } = await import("node:fs/promises");
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") Z");
    if (/\) [ZX]/.test(stat)) return;
    await new Promise((settle) => setTimeout(settle, 10));
  }
}

describe("a URL", () => {
  test("is reached when something listens", async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const target = await startTarget(targetFromUrl(`ws://127.0.0.1:${port}/netconf?x=1`));
    expect(target).toMatchObject({ host: "127.0.0.1", port, path: "/netconf?x=1", secure: false });
    expect(target.control).toBeUndefined();
    server.close();
    expect((await refusal(target.file)).message).toMatch(
      new RegExp(`nothing answers at 127.0.0.1:${port} \\(connection refused\\); start the target`),
    );
  });
});

describe("a process", () => {
  test("is ready when it says so, and takes control lines", async () => {
    const lines: string[] = [];
    const echo = 'process.stdin.on("data", (data) => console.error("got " + String(data).trim()));';
    const printed = new EventEmitter();
    const seen = once(printed, "control line");
    const log = (line: string) => {
      lines.push(line);
      if (line.startsWith("got")) printed.emit("control line");
    };
    running = await startTarget(script(`console.log("noise");${ready}${echo}`), { log });
    expect(running).toMatchObject({ host: "127.0.0.1", port: 4711, path: "/netconf", reach: "process" });
    expect(running.file.version).toBe("9");
    await running.control?.({ emit: { token: "a" } });
    await seen;
    expect(lines).toEqual(["noise", 'got {"emit":{"token":"a"}}']);
  });

  test.each([
    ["a number", "4.2", "4.2"],
    ["nothing", "null", undefined],
  ])("may say its version as %s", async (_what, said, expected) => {
    const line = `console.log(JSON.stringify({ready:true,port:4711,version:${said}}));`;
    running = await startTarget(script(`${line}process.stdin.resume();`));
    expect(running.file.version).toBe(expected);
  });

  test("finds the contract in its environment", async () => {
    const names = "CONTRACT ROLE CASE DIALECT SUBPROTOCOL LISTEN TLS ENGINE";
    const source = `console.log("${names}".split(" ").map((n) => process.env["NCWS_" + n]).join("|"));${ready}${stay}`;
    const lines: string[] = [];
    running = await startTarget(script(source), { log: (line) => lines.push(line), dialect: "hybi-06" });
    expect(lines[0]).toMatch(/^1\|server\|\*\|hybi-06\|netconf\|127\.0\.0\.1:0\|off\|\S*node .*main\.[jt]s engine$/);
  });

  test("that ends before it is ready is refused with its last output", async () => {
    const error = await refusal(script('console.error("no such port"); process.exitCode = 3'));
    expect(error.message).toBe("script: not ready: it ended with status 3; its last output: no such port");
    expect(error.exitStatus).toBe(3);
  });

  test("that stays silent is refused at the deadline and ended", async () => {
    const error = await refusal(script(`console.log(process.pid);${stay}`), 0.2);
    expect(error.message).toMatch(/^script: not ready: no readiness line within 2000 ms; its last output: \d+$/);
    await gone(Number(/\d+$/.exec(error.message)?.[0]));
  });

  test("that prints garbage is refused with the last 20 lines of it", async () => {
    const garbage = ["{", '{"ready":true}', '{"ready":true,"port":"80"}', '{"ready":true,"port":70000}', "null"];
    const many = 'for (let i = 0; i < 30; i += 1) console.log("line " + i);';
    const { message } = await refusal(script(`${many}for (const x of ${JSON.stringify(garbage)}) console.log(x)`));
    expect(message).toContain("ended with status 0");
    expect(message).not.toContain("line 14 ");
    expect(message).toContain("line 15 | ");
    expect(message.endsWith(garbage.join(" | "))).toBe(true);
  });

  test("that cannot be started is refused", async () => {
    const file: TargetFile = { ...script(""), reach: { process: { command: ["no-such-program-here"] } } };
    expect((await refusal(file)).message).toMatch(/did not start .*ENOENT/);
  });

  test("is built before it is started, and unavailable with the reason when that fails", async () => {
    const command = [process.execPath, "-e", ready + stay];
    const built = (source: string): TargetFile => ({
      ...script(""),
      reach: { process: { command, build: [process.execPath, "-e", source] } },
    });
    running = await startTarget(built("process.stdin.resume()"));
    expect(running.port).toBe(4711);
    const failing = startTarget(built('console.error("no compiler"); process.exitCode = 3'));
    await expect(failing).rejects.toThrow(TargetUnavailable);
    await expect(failing).rejects.toThrow(/its build failed: it ended with status 3; its last output: no compiler$/);
    const slow = startTarget(built(stay), { timeScale: 0.001 });
    await expect(slow).rejects.toThrow(/its build failed: it took more than/);
    const interrupted = startTarget(built(stay), { signal: AbortSignal.timeout(50) });
    await expect(interrupted).rejects.toThrow("script: interrupted before it was ready");
  });

  test("whose requirements are missing says what to install", async () => {
    const requires = [
      { command: "true", install: "nothing" },
      { command: "exit 1", install: "apt-get install x" },
    ];
    await expect(startTarget(script(ready, requires))).rejects.toThrow(TargetUnavailable);
    await expect(startTarget(script(ready, requires))).rejects.toThrow(
      'script: not available here: process: "exit 1" failed on this machine; install what it needs: apt-get install x',
    );
  });

  test("is stopped with its children, even when it ignores SIGTERM and its input", async () => {
    const child = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(`process.on("SIGTERM", () => {});${stay}`)}])`;
    const source = `process.on("SIGTERM", () => {});const c = ${child};console.log("pids " + process.pid + " " + c.pid);${ready}${stay}`;
    const lines: string[] = [];
    const target = await startTarget(script(source), { log: (line) => lines.push(line) });
    const pids = (lines[0] ?? "").split(" ").slice(1).map(Number);
    expect(pids).toHaveLength(2);
    await target.stop();
    await Promise.all(pids.map(gone));
    await expect(target.control?.({ restart: true })).rejects.toThrow(/control channel is closed/);
  });

  test("does not outlive us when Ctrl-C ends us", async () => {
    const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    const target = script(`process.on("SIGTERM", () => {});console.log("pid " + process.pid);${ready}${stay}`);
    const source = `const { startTarget } = await import(${JSON.stringify(path("./start.ts"))});
      await startTarget(${JSON.stringify(target)}, { log: console.log });
      console.log("up");`;
    const us = spawn(process.execPath, ["--import", path("./from-source.mjs"), "--input-type=module", "-e", source]);
    const lines: string[] = [];
    for await (const line of createInterface(us.stdout)) {
      if (line === "up") us.kill("SIGINT");
      else lines.push(line);
    }
    expect(us.signalCode ?? (await once(us, "exit"))[1]).toBe("SIGINT");
    await gone(Number(lines[0]?.split(" ")[1]));
  });
});
