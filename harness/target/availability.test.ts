import { describe, expect, test, vi } from "vitest";
import { chooseWay, obstaclesOf } from "./availability.ts";
import { targetFromUrl } from "./file.ts";
import { findTarget, referenceTarget, startTarget, TargetFileError, TargetUnavailable } from "./index.ts";
import type { Startable, TargetFile } from "./types.ts";

const docker = vi.hoisted(() => ({ answers: true }));
vi.mock("./container-runtime.ts", () => ({
  containerRuntime: async () => {
    if (!docker.answers) throw new Error("no Docker answers here; start it");
    return {};
  },
}));

const present = { command: ["x"], requires: [{ command: "true", install: "nothing" }] };
const missing = { command: ["x"], requires: [{ command: "exit 1", install: "apt-get install x" }] };
const container = { context: ".", port: 8080 };
const startable = (reach: Startable): TargetFile & { reach: Startable } => ({
  ...targetFromUrl("ws://127.0.0.1/"),
  name: "acme",
  reach,
});

describe("the way a target is started", () => {
  test.each([
    ["process", { process: present, container }, true, undefined],
    ["process", { process: present, container }, false, undefined],
    ["container", { process: missing, container }, true, undefined],
    ["container", { container }, true, undefined],
    ["container", { process: present, container }, true, "container"],
  ] as const)("%s, of %j where Docker is %s and %s is asked for", async (way, reach, answers, asked) => {
    docker.answers = answers;
    expect(await chooseWay(startable(reach), reach, asked)).toBe(way);
  });

  test("is none where all of them lack something, with the reasons in one line", async () => {
    docker.answers = false;
    const reach = { process: missing, container };
    const why = 'process: "exit 1" failed on this machine; install what it needs: apt-get install x';
    const started = startTarget(startable(reach));
    await expect(started).rejects.toThrow(TargetUnavailable);
    await expect(started).rejects.toThrow(
      `acme: not available here: ${why}; container: no Docker answers here; start it`,
    );
    await expect(chooseWay(startable(reach), reach, "process")).rejects.toThrow(`acme: not available here: ${why}`);
  });

  test("cannot be one that the target does not offer", async () => {
    const asked = chooseWay(startable({ container }), { container }, "process");
    await expect(asked).rejects.toThrow(TargetFileError);
    await expect(asked).rejects.toThrow("acme: it cannot be reached as a process; its target file offers container");
  });
});

test("what is in the way is told for each way, of targets that are started", async () => {
  docker.answers = false;
  expect(await obstaclesOf(referenceTarget())).toBeUndefined();
  expect(await obstaclesOf(targetFromUrl("ws://127.0.0.1/"))).toBeUndefined();
  expect(await obstaclesOf(startable({ process: present, container }))).toEqual({
    process: undefined,
    container: "no Docker answers here; start it",
  });
  expect(Object.keys((await obstaclesOf(findTarget("ws"))) ?? {})).toEqual(["process", "container"]);
});
