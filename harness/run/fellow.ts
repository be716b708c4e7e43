/**
 * A process beside this one that does a share of the work, and tells of each piece when it is done. A thread
 * would do as well, but a thread of Node does not end once a socket of its was reset while something was
 * still to be sent.
 */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

type ToFellow<Work> = { readonly work: Work } | "interrupt" | "halt";
type FromFellow<Message> = { readonly message: Message } | "done" | { readonly fault: string };

export interface Fellow {
  /** Resolves when the share is done; rejects when the process ended before. */
  readonly done: Promise<void>;
  /** No new piece is to be begun. */
  halt(): void;
}

/** Node cannot run the TypeScript sources in another process; under the project's own tests there is no fellow. */
const canHaveFellows = !import.meta.url.endsWith(".ts");

/** Every `of`th piece, from `index` (0 up) on. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

export function shareOf<T>(pieces: readonly T[], { index, of }: Share): T[] {
  return pieces.filter((_piece, place) => place % of === index);
}

/**
 * How many processes the work is shared among: no more than cores, than `jobs` at a time, or than are worth it.
 * @param worthOne fewer pieces than these are done before another process is ready
 */
export function processesFor(pieces: number, worthOne: number, jobs = Number.POSITIVE_INFINITY): number {
  if (!canHaveFellows) return 1;
  return Math.max(1, Math.min(availableParallelism(), jobs, Math.ceil(pieces / worthOne)));
}

/**
 * @param module built module that calls {@link serve}
 * @param work what it is given to do; only data
 * @param signal interrupts it
 */
export function startFellow<Work, Message>(
  module: URL,
  work: Work,
  take: (message: Message) => void,
  signal: AbortSignal | undefined,
): Fellow {
  const child = fork(fileURLToPath(module), {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const tell = (message: ToFellow<Work>): void => {
    if (child.connected) child.send(message as object);
  };
  const interrupt = () => tell("interrupt");
  signal?.addEventListener("abort", interrupt);
  tell({ work });
  if (signal?.aborted) interrupt();
  const done = new Promise<void>((resolve, reject) => {
    child.on("message", (said: FromFellow<Message>) => {
      if (said === "done") resolve();
      else if ("fault" in said) reject(new Error(said.fault));
      else take(said.message);
    });
    child.once("error", reject);
    child.once("exit", (code, end) =>
      reject(new Error(`a process of the run ended early (${end ?? `exit code ${code}`})`)),
    );
  }).finally(() => {
    signal?.removeEventListener("abort", interrupt);
    child.kill("SIGKILL");
  });
  return { done, halt: () => tell("halt") };
}

/** What a fellow is told while it works. */
export interface Orders {
  readonly signal: AbortSignal;
  halted(): boolean;
}

/** The other end, in the process itself: takes the work, does it, says so. */
export function serve<Work, Message>(
  act: (work: Work, report: (message: Message) => void, orders: Orders) => Promise<void>,
): void {
  const say = (said: FromFellow<Message>): void => void process.send?.(said);
  const interrupted = new AbortController();
  let halted = false;
  process.on("message", (told: ToFellow<Work>) => {
    if (told === "interrupt") interrupted.abort();
    else if (told === "halt") halted = true;
    else {
      act(told.work, (message) => say({ message }), { signal: interrupted.signal, halted: () => halted }).then(
        () => say("done"),
        (error: Error) => say({ fault: error.message }),
      );
    }
  });
  // The terminal interrupts all processes; this one hears of it from the one that reports.
  process.on("SIGINT", () => {});
  process.once("disconnect", () => process.exit());
}
