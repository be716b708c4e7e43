/** A started program with all its children, which ends with this process whatever happens to it. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

export interface ChildGroup {
  readonly child: ChildProcessWithoutNullStreams;
  /** Settles when the program has ended: its exit status, or the name of the signal. */
  readonly ended: Promise<number | string>;
  /** Closes its standard input, sends SIGTERM to the group, and SIGKILL after `patience` milliseconds. */
  stop(patience: number): Promise<void>;
}

const living = new Set<number>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function killAll(): void {
  for (const pid of living) killGroup(pid, "SIGKILL");
}

/** A signal would end this process without its `exit` event. Where somebody else handles it, they stop targets. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAll();
  unwatch();
  process.kill(process.pid, signal);
}

function watch(): void {
  process.on("exit", killAll);
  for (const signal of signals) process.on(signal, onSignal);
}

function unwatch(): void {
  process.off("exit", killAll);
  for (const signal of signals) process.off(signal, onSignal);
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** Starts a program in a process group of its own. A program that cannot be started ends with the error's text. */
export function startGroup(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): ChildGroup {
  const [program = "", ...rest] = command;
  const child = spawn(program, rest, { cwd, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {}); // the reader may be gone; `ended` tells
  const { pid } = child;
  if (pid !== undefined) enlist(pid);
  const ended = new Promise<number | string>((settle) => {
    child.once("error", (error) => settle(error.message));
    child.once("close", (status, signal) => settle(status ?? signal ?? "unknown"));
  });
  const stop = async (patience: number) => {
    if (pid === undefined) return;
    child.stdin.end();
    killGroup(pid, "SIGTERM");
    const timer = setTimeout(() => killGroup(pid, "SIGKILL"), patience);
    await ended;
    clearTimeout(timer);
    killGroup(pid, "SIGKILL"); // children that outlived the program
    strike(pid);
  };
  return { child, ended, stop };
}

function enlist(pid: number): void {
  if (living.size === 0) watch();
  living.add(pid);
}

function strike(pid: number): void {
  living.delete(pid);
  if (living.size === 0) unwatch();
}
