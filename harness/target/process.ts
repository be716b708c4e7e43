/** A target that is a command: started with the contract's environment, ready when it says so. */
import { exec } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { type ChildGroup, startGroup } from "./child-group.ts";
import { contractEnvironment } from "./contract.ts";
import { engineCommand } from "./engine-command.ts";
import { TargetInterrupted, TargetUnavailable, TargetUnreachable } from "./errors.ts";
import { awaitReady, ending, lastLines } from "./readiness.ts";
import type { StartOptions } from "./start.ts";
import type { ProcessReach, RunningTarget, Startable, TargetFile } from "./types.ts";

/** Milliseconds a command has to get ready, before --time-scale. */
const readiness = 10_000;
/** Milliseconds a build may take, before --time-scale: it may fetch packages and compile them. */
const building = 300_000;
/** Milliseconds between SIGTERM and SIGKILL. */
const patience = 2000;

/**
 * Starts the command and waits for its readiness line.
 * @throws TargetUnavailable when the build fails
 * @throws TargetUnreachable when it ends, or says nothing in time
 * @throws TargetInterrupted
 */
export async function startProcess(
  file: TargetFile,
  reach: ProcessReach,
  options: StartOptions,
): Promise<RunningTarget> {
  const cwd = resolve(file.folder, reach.cwd ?? ".");
  const contract = contractEnvironment(file, options, { listen: "127.0.0.1:0", engine: engineCommand() });
  const env = { ...process.env, ...reach.env, ...contract };
  if (reach.build) await runBuild(file.name, reach.build, cwd, env, options);
  const group = startGroup(reach.command, cwd, env);
  const program = {
    stdout: group.child.stdout,
    stderr: group.child.stderr,
    ended: group.ended,
    kill: () => group.stop(0),
  };
  const { log, signal, timeScale = 1 } = options;
  const ready = await awaitReady(file.name, program, {
    deadline: readiness * timeScale,
    ...(log && { log }),
    ...(signal && { signal }),
  });
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

/** Why the process cannot be started on this machine, and what to install; undefined when it can. */
export async function missingRequirements(
  file: TargetFile,
  { process: reach }: Startable,
): Promise<string | undefined> {
  const cwd = resolve(file.folder, reach?.cwd ?? ".");
  const outcomes = await Promise.all(
    (reach?.requires ?? []).map(async (each) => ({ ...each, ok: await succeeds(each.command, cwd) })),
  );
  const missing = outcomes.filter(({ ok }) => !ok);
  if (missing.length === 0) return undefined;
  const commands = missing.map(({ command }) => `"${command}"`).join(" and ");
  const installs = [...new Set(missing.map(({ install }) => install))].join("; ");
  return `${commands} failed on this machine; install what it needs: ${installs}`;
}

function succeeds(command: string, cwd: string): Promise<boolean> {
  return new Promise((settle) => {
    exec(command, { cwd, timeout: readiness }, (error) => settle(error === null));
  });
}

/**
 * Waits for a build to end well.
 * @throws TargetUnavailable when it does not
 * @throws TargetInterrupted
 */
export async function runBuild(
  name: string,
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  { timeScale = 1, signal }: StartOptions,
): Promise<void> {
  const group = startGroup(command, cwd, env);
  const deadline = building * timeScale;
  const output = lastLines();
  for (const stream of [group.child.stdout, group.child.stderr]) createInterface(stream).on("line", output.add);
  group.child.stdin.end();
  const late = AbortSignal.timeout(deadline);
  const giveUp = () => void group.stop(patience);
  for (const reason of [late, signal]) reason?.addEventListener("abort", giveUp, { once: true });
  if (signal?.aborted) giveUp();
  const status = await group.ended;
  for (const reason of [late, signal]) reason?.removeEventListener("abort", giveUp);
  await group.stop(0);
  if (status === 0) return;
  if (signal?.aborted) throw new TargetInterrupted(name);
  const what = late.aborted ? `it took more than ${Math.round(deadline / 1000)} s` : ending(status);
  throw new TargetUnavailable(`${name}: its build failed: ${what}; ${output.told()}`);
}

function write(name: string, group: ChildGroup, line: Readonly<Record<string, unknown>>): Promise<void> {
  return new Promise((settle, refuse) => {
    group.child.stdin.write(`${JSON.stringify(line)}\n`, (error) => {
      if (error) refuse(new TargetUnreachable(`${name}: its control channel is closed (${error.message})`));
      else settle();
    });
  });
}
