/** A target that is a command: started with the contract's environment, ready when it says so. */
import { exec } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { type ChildGroup, startGroup } from "./child-group.ts";
import { engineCommand } from "./engine-command.ts";
import { TargetUnavailable, TargetUnreachable } from "./errors.ts";
import type { StartOptions } from "./start.ts";
import type { RunningTarget, TargetFile } from "./types.ts";

type ProcessReach = Extract<TargetFile["reach"], { process: unknown }>["process"];

/** Milliseconds a command has to get ready, before --time-scale. */
const readiness = 10_000;
/** Milliseconds a build may take, before --time-scale: it may fetch packages and compile them. */
const building = 300_000;
/** Milliseconds between SIGTERM and SIGKILL. */
const patience = 2000;
/** Lines of output kept for the error message. */
const kept = 20;

interface Ready {
  readonly port: number;
  readonly name?: string;
  readonly version?: string;
}

/**
 * Starts the command and waits for its readiness line.
 * @throws TargetUnavailable when something in `requires` is missing, or the build fails
 * @throws TargetUnreachable when it ends, or says nothing in time
 */
export async function startProcess(
  file: TargetFile,
  reach: ProcessReach,
  options: StartOptions,
): Promise<RunningTarget> {
  const cwd = resolve(file.folder, reach.cwd ?? ".");
  await checkRequirements(file.name, reach.requires ?? [], cwd);
  const env = environment(file, reach, options);
  if (reach.build) await runBuild(file.name, reach.build, cwd, env, options.timeScale ?? 1);
  const group = startGroup(reach.command, cwd, env);
  const ready = await awaitReady(file.name, group, readiness * (options.timeScale ?? 1), options.log ?? (() => {}));
  return {
    file: ready.version === undefined || file.version !== undefined ? file : { ...file, version: ready.version },
    host: "127.0.0.1",
    port: ready.port,
    path: reach.path ?? "/netconf",
    secure: false,
    reach: "process",
    control: (line) => write(file.name, group, line),
    stop: () => group.stop(patience),
  };
}

function environment(file: TargetFile, reach: ProcessReach, options: StartOptions): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...reach.env,
    NCWS_CONTRACT: "1",
    NCWS_ROLE: file.role,
    NCWS_CASE: options.case ?? "*",
    NCWS_DIALECT: options.dialect ?? (file.claims.dialects ?? []).join(","),
    NCWS_SUBPROTOCOL: file.claims.subprotocol ?? "",
    NCWS_LISTEN: "127.0.0.1:0",
    NCWS_TLS: "off",
    NCWS_ENGINE: engineCommand(),
  };
}

/** @throws TargetUnavailable naming what is to be installed */
export async function checkRequirements(
  name: string,
  requires: NonNullable<ProcessReach["requires"]>,
  cwd: string,
): Promise<void> {
  const outcomes = await Promise.all(
    requires.map(async (each) => ({ ...each, ok: await succeeds(each.command, cwd) })),
  );
  const missing = outcomes.filter(({ ok }) => !ok);
  if (missing.length === 0) return;
  const commands = missing.map(({ command }) => `"${command}"`).join(" and ");
  const installs = [...new Set(missing.map(({ install }) => install))].join("; ");
  throw new TargetUnavailable(`${name}: ${commands} failed on this machine; install what it needs: ${installs}`);
}

function succeeds(command: string, cwd: string): Promise<boolean> {
  return new Promise((settle) => {
    exec(command, { cwd, timeout: readiness }, (error) => settle(error === null));
  });
}

/** Waits for a build to end well. @throws TargetUnavailable when it does not */
export async function runBuild(
  name: string,
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  timeScale: number,
): Promise<void> {
  const group = startGroup(command, cwd, env);
  const deadline = building * timeScale;
  const last: string[] = [];
  for (const output of [group.child.stdout, group.child.stderr]) {
    createInterface(output).on("line", (line) => {
      last.push(line);
      if (last.length > kept) last.shift();
    });
  }
  group.child.stdin.end();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void group.stop(patience);
  }, deadline);
  const status = await group.ended;
  clearTimeout(timer);
  await group.stop(0);
  if (status === 0) return;
  const what = late ? `it took more than ${Math.round(deadline / 1000)} s` : ending(status);
  const output = last.length === 0 ? "it printed nothing" : `its last output: ${last.join(" | ")}`;
  throw new TargetUnavailable(`${name}: its build failed: ${what}; ${output}`);
}

function awaitReady(name: string, group: ChildGroup, deadline: number, log: (line: string) => void): Promise<Ready> {
  const last: string[] = [];
  let announced = false;
  const keep = (line: string) => {
    log(line);
    last.push(line);
    if (last.length > kept) last.shift();
  };
  return new Promise((settle, refuse) => {
    const giveUp = (what: string, status?: number) => {
      clearTimeout(timer);
      const output = last.length === 0 ? "it printed nothing" : `its last output: ${last.join(" | ")}`;
      refuse(new TargetUnreachable(`${name}: not ready: ${what}; ${output}`, status));
    };
    const timer = setTimeout(async () => {
      await group.stop(0);
      giveUp(`no readiness line within ${Math.round(deadline)} ms`);
    }, deadline);
    void group.ended.then(async (status) => {
      await group.stop(0);
      if (!announced) giveUp(ending(status), typeof status === "number" ? status : undefined);
    });
    createInterface(group.child.stderr).on("line", keep);
    createInterface(group.child.stdout).on("line", (line) => {
      const ready = announced ? undefined : readyLine(line);
      if (ready === undefined) return keep(line);
      announced = true;
      clearTimeout(timer);
      settle(ready);
    });
  });
}

function ending(status: number | string): string {
  return typeof status === "number" ? `it ended with status ${status}` : `it did not start or was ended (${status})`;
}

function readyLine(line: string): Ready | undefined {
  if (!line.trimStart().startsWith("{")) return undefined;
  try {
    const value = JSON.parse(line) as Partial<Ready> & { ready?: unknown };
    const { port } = value;
    return value.ready === true && Number.isInteger(port) && port && port < 65_536 ? { ...value, port } : undefined;
  } catch {
    return undefined;
  }
}

function write(name: string, group: ChildGroup, line: Readonly<Record<string, unknown>>): Promise<void> {
  return new Promise((settle, refuse) => {
    group.child.stdin.write(`${JSON.stringify(line)}\n`, (error) => {
      if (error) refuse(new TargetUnreachable(`${name}: its control channel is closed (${error.message})`));
      else settle();
    });
  });
}
