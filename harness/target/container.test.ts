/** Containers through Docker. Skipped where none answers, unless DOCKER=required. */
import { EventEmitter, once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { imageName } from "./image.ts";
import { loadTargetFile, startTarget, TargetInterrupted, TargetUnavailable, TargetUnreachable } from "./index.ts";
import { containersOf, docker, silent, skipped, target } from "./testing/containers.ts";
import type { RunningTarget } from "./types.ts";

let running: RunningTarget | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** Lines that a target prints, and a way to wait for one. */
function printed() {
  const lines: string[] = [];
  const emitter = new EventEmitter();
  return {
    lines,
    log: (line: string) => {
      lines.push(line);
      emitter.emit("line", line);
    },
    until: async (pattern: RegExp) => {
      while (!lines.some((line) => pattern.test(line))) await once(emitter, "line");
    },
  };
}

describe.skipIf(skipped !== "")(`a container${skipped}`, { timeout: 120_000 }, () => {
  test("is ready when it says so, can be reached, and is gone when it is stopped", async () => {
    const { file, name } = target(silent);
    running = await startTarget(loadTargetFile(file));
    expect(running).toMatchObject({ path: "/netconf", secure: false, reach: "container" });
    expect(running.file.version).toBe("3");
    expect(await containersOf(name)).toMatchObject([{ State: "running" }]);
    const socket = connect(running.port, running.host);
    await once(socket, "connect");
    socket.destroy();
    await running.stop();
    expect(await containersOf(name)).toEqual([]);
    await expect(running.control?.({ restart: true })).rejects.toThrow(/its control channel is closed/);
  });

  test("finds the contract in its environment, and the engine behind NCWS_ENGINE takes its control lines", async () => {
    const variables = "CONTRACT ROLE CASE DIALECT SUBPROTOCOL LISTEN TLS";
    const bridge = `for name in ${variables}; do eval "echo $name=\\$NCWS_$name"; done
echo '{"ready":true,"port":8080}'; exec $NCWS_ENGINE`;
    const { log, lines, until } = printed();
    const { file } = target(bridge, ["sh", "bridge"]);
    running = await startTarget(loadTargetFile(file), { log, dialect: "hybi-06" });
    const told = ["1", "server", "*", "hybi-06", "netconf", "0.0.0.0:8080", "off"];
    expect(lines).toEqual(expect.arrayContaining(variables.split(" ").map((each, index) => `${each}=${told[index]}`)));
    await running.control?.({ open: 7, username: "u" });
    await until(/^\{"id":7,"message":".*<hello /);
  });

  test("is built once", async () => {
    const { file, folder } = target(silent);
    running = await startTarget(loadTargetFile(file));
    await running.stop();
    const { Id } = await docker().getImage(imageName(folder)).inspect();
    const { log, lines } = printed();
    running = await startTarget(loadTargetFile(file), { log });
    expect(lines).toEqual([]); // a build would have said its steps
    expect((await docker().getImage(imageName(folder)).inspect()).Id).toBe(Id);
  });

  test("that ends before it is ready is refused with its last output, and nothing is left", async () => {
    const { file, name } = target("echo no such port >&2; exit 3", ["sh", "bridge"]);
    const error = await startTarget(loadTargetFile(file)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TargetUnreachable);
    expect(error).toMatchObject({
      message: `${name}: not ready: it ended with status 3; its last output: no such port`,
      exitStatus: 3,
    });
    expect(await containersOf(name)).toEqual([]);
  });

  test("that stays silent is refused at the deadline", async () => {
    const { file, name } = target("exec cat", ["sh", "bridge"]);
    const started = startTarget(loadTargetFile(file), { timeScale: 0.05 });
    await expect(started).rejects.toThrow(/: not ready: no readiness line within 1500 ms; it printed nothing$/);
    expect(await containersOf(name)).toEqual([]);
  });

  test("that is given up while it starts is gone", async () => {
    const { file, name } = target("echo starting; exec cat", ["sh", "bridge"]);
    const { log, until } = printed();
    const interrupt = new AbortController();
    const started = startTarget(loadTargetFile(file), { log, signal: interrupt.signal });
    started.catch(() => {});
    await until(/^starting$/);
    interrupt.abort();
    await expect(started).rejects.toThrow(TargetInterrupted);
    expect(await containersOf(name)).toEqual([]);
  });

  test("that is given up while its image is built starts no more", async () => {
    const { file, folder, name } = target("", ["sh"]);
    writeFileSync(`${folder}/Dockerfile`, "FROM debian:bookworm-slim\nRUN sleep 600\n");
    const { log, until } = printed();
    const interrupt = new AbortController();
    const started = startTarget(loadTargetFile(file), { log, signal: interrupt.signal });
    started.catch(() => {});
    await until(/Running in/);
    interrupt.abort();
    await expect(started).rejects.toThrow(TargetInterrupted);
    expect(await containersOf(name)).toEqual([]);
  });

  test("whose image cannot be built is unavailable, with the reason", async () => {
    const { file, folder } = target("", ["sh"]);
    writeFileSync(`${folder}/Dockerfile`, "FROM debian:bookworm-slim\nRUN echo no compiler && exit 4\n");
    const started = startTarget(loadTargetFile(file));
    await expect(started).rejects.toThrow(TargetUnavailable);
    await expect(started).rejects.toThrow(/its image cannot be built: [^\n]*no compiler \| [^\n]*code: 4$/);
    writeFileSync(`${folder}/Dockerfile`, "FROM ncwspec.invalid/none\n");
    await expect(startTarget(loadTargetFile(file))).rejects.toThrow(/ncwspec\.invalid.*base-image\.sh makes/);
  });
});
