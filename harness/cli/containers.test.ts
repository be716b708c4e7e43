/** No container outlives its run, however the run ends. Skipped where no Docker answers, unless DOCKER=required. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../run/package-root.ts";
import { findTarget, loadTargetFile, startTarget } from "../target/index.ts";
import { containersOf, ended, silent, skipped, starts, target } from "../target/testing/containers.ts";

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>;
}

function start(...argv: string[]): Run {
  const root = packageRoot();
  const program = ["--import", join(root, "harness/target/from-source.mjs"), join(root, "harness/cli/main.ts")];
  const child = spawn(process.execPath, [...program, "run", ...argv, "--reach", "container"], { cwd: root });
  let err = "";
  child.stderr?.on("data", (text) => (err += text));
  child.stdout?.resume();
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, err }));
  return { child, ended };
}

/** A target whose run takes a minute, because it never answers, and what shows that its container runs. */
async function longRun() {
  const { file, name } = target(silent, undefined, "access: { deadlines: { connect: 60s } }\n");
  const started = starts(name);
  const run = start(file, "--case", "handshake/plain@rfc6455");
  await started;
  expect(await containersOf(name)).toMatchObject([{ State: "running" }]);
  return { ...run, file, name };
}

const plain = ["--case", "handshake/plain@rfc6455", "--dialect", "rfc6455"];

describe.skipIf(skipped !== "")(`the container of a run${skipped}`, { timeout: 600_000 }, () => {
  test("runs during it and is gone after it: an implementation of others passes a case", async () => {
    const { name } = findTarget("websockets");
    const started = starts(name);
    const { ended } = start("websockets", ...plain);
    await started;
    expect(await containersOf(name)).toMatchObject([{ State: "running" }]);
    expect(await ended).toEqual({ code: 0, err: "" });
    expect(await containersOf(name)).toEqual([]);
  });

  test("is gone after failing cases", async () => {
    const { file, name } = target(silent, undefined, "access: { deadlines: { connect: 100ms, reply: 100ms } }\n");
    expect(await start(file, ...plain, "--strict").ended).toMatchObject({ code: 1 });
    expect(await containersOf(name)).toEqual([]);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("is gone after %s", async (signal) => {
    const { child, ended, name } = await longRun();
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 130 });
    expect(await containersOf(name)).toEqual([]);
  });

  test("ends with a run that is killed, and is removed by a later one, which leaves those of living runs", async () => {
    const living = target(silent);
    const other = await startTarget(loadTargetFile(living.file));
    try {
      const { child, name } = await longRun();
      child.kill("SIGKILL");
      await ended(name);
      expect(await containersOf(name)).toMatchObject([{ State: "exited" }]);
      const later = target(silent, undefined, "access: { deadlines: { connect: 100ms, reply: 100ms } }\n");
      await start(later.file, ...plain).ended;
      expect(await containersOf(name)).toEqual([]);
      expect(await containersOf(living.name)).toMatchObject([{ State: "running" }]);
    } finally {
      await other.stop();
    }
  });
});
