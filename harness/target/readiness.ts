/** The readiness line of the target contract, from a program however it was started. */
import { createInterface } from "node:readline";
import { TargetInterrupted, TargetUnreachable } from "./errors.ts";

/** A program that runs. */
export interface Program {
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  /** Settles when it has ended: its exit status, or in words how it ended. */
  readonly ended: Promise<number | string>;
  /** Ends it at once, with all that belongs to it. */
  kill(): Promise<void>;
}

export interface Ready {
  readonly port: number;
  readonly name?: string;
  readonly version?: string;
}

export interface ReadinessOptions {
  /** Milliseconds. */
  readonly deadline: number;
  /** Gets each other line that the program prints, also later. */
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Lines of output kept for the error message. */
const kept = 20;

/**
 * Waits for the readiness line.
 * @throws TargetUnreachable when the program ends or says nothing in time, with its last output
 * @throws TargetInterrupted
 */
export function awaitReady(name: string, program: Program, options: ReadinessOptions): Promise<Ready> {
  const { deadline, log, signal } = options;
  const output = lastLines();
  const keep = (line: string): void => {
    log?.(line);
    output.add(line);
  };
  return new Promise((settle, refuse) => {
    let concluded = false;
    /** The first thing that happens counts. */
    const conclude = (): boolean => {
      if (concluded) return false;
      concluded = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", interrupt);
      return true;
    };
    const giveUp = async (error: () => Error) => {
      const isFirst = conclude();
      await program.kill();
      if (isFirst) refuse(error());
    };
    const notReady = (what: string, status?: number) => () =>
      new TargetUnreachable(`${name}: not ready: ${what}; ${output.told()}`, status);
    const interrupt = () => giveUp(() => new TargetInterrupted(name));
    const late = notReady(`no readiness line within ${Math.round(deadline)} ms`);
    const timer = setTimeout(() => giveUp(late), deadline);
    signal?.addEventListener("abort", interrupt, { once: true });
    if (signal?.aborted) void interrupt();
    // What it leaves behind goes too, also when it ends long after it was ready.
    void program.ended.then((status) =>
      giveUp(notReady(ending(status), typeof status === "number" ? status : undefined)),
    );
    createInterface(program.stderr).on("line", keep);
    createInterface(program.stdout).on("line", (line) => {
      const ready = concluded ? undefined : readyLine(line);
      if (ready === undefined) return keep(line);
      conclude();
      settle(ready);
    });
  });
}

/** The last lines of a program, for an error. */
export function lastLines() {
  const last: string[] = [];
  return {
    add(line: string): void {
      last.push(line);
      if (last.length > kept) last.shift();
    },
    told: () => (last.length === 0 ? "it printed nothing" : `its last output: ${last.join(" | ")}`),
  };
}

export function ending(status: number | string): string {
  return typeof status === "number" ? `it ended with status ${status}` : `it did not start or was ended (${status})`;
}

function readyLine(line: string): Ready | undefined {
  if (!line.trimStart().startsWith("{")) return undefined;
  try {
    const { version, ...value } = JSON.parse(line) as Partial<Ready> & { ready?: unknown };
    const { port } = value;
    if (value.ready !== true || !Number.isInteger(port) || !port || port >= 65_536) return undefined;
    // Programs say it as a number too, or as nothing.
    return { ...value, port, ...(version === undefined || version === null ? {} : { version: String(version) }) };
  } catch {
    return undefined;
  }
}
