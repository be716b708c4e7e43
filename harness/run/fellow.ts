/**
 * A process beside this one that takes its part of the work as it gets on, and tells of each piece when it is done,
 * so that all processes end at the same time. A thread would do as well, but a thread of Node does not end once a
 * socket of its was reset while something was still to be sent.
 */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type Source, sourceOf } from "./pool.ts";

type ToFellow<Work> = { readonly work: Work } | { readonly pieces: readonly number[] } | "interrupt";
type FromFellow<Message> = { readonly message: Message } | "more" | "done" | { readonly fault: string };

/** Node cannot run the TypeScript sources in another process; under the project's own tests there is no fellow. */
const canHaveFellows = !import.meta.url.endsWith(".ts");

/** Gives out the pieces of a work by their numbers, each once, to all processes that do it; none when there are no more. */
export type Pieces = () => number | undefined;

/** @param stopped says that no new piece is to be begun */
export function piecesOf(numbers: readonly number[], stopped: () => boolean): Pieces {
  const next = sourceOf(numbers);
  return () => (stopped() ? undefined : next());
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
 * @param work what all pieces have in common; only data
 * @param atOnce pieces that it is given together: so many that it seldom waits for the next, so few that it does not
 *   end later than others
 * @param signal interrupts it
 * @returns when its part is done; rejects when the process ended before
 */
export function startFellow<Work, Message>(
  module: URL,
  work: Work,
  { pieces, atOnce }: { readonly pieces: Pieces; readonly atOnce: number },
  take: (message: Message) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
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
  const handOut = (): void => {
    const some = Array.from({ length: atOnce }, pieces);
    tell({ pieces: some.filter((piece) => piece !== undefined) });
  };
  return new Promise<void>((resolve, reject) => {
    child.on("message", (said: FromFellow<Message>) => {
      if (said === "done") resolve();
      else if (said === "more") handOut();
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
}

/** What a fellow is told while it works. */
export interface Orders {
  readonly signal: AbortSignal;
  /** The numbers of the pieces that it is to do. */
  readonly next: Source<number>;
}

/** The other end, in the process itself: takes the work, does it piece by piece, says so. */
export function serve<Work, Message>(
  act: (work: Work, report: (message: Message) => void, orders: Orders) => Promise<void>,
): void {
  const say = (said: FromFellow<Message>): void => void process.send?.(said);
  const interrupted = new AbortController();
  const supply = suppliedBy(() => say("more"));
  process.on("message", (told: ToFellow<Work>) => {
    if (told === "interrupt") interrupted.abort();
    else if ("pieces" in told) supply.add(told.pieces);
    else {
      act(told.work, (message) => say({ message }), { signal: interrupted.signal, next: supply.next }).then(
        () => say("done"),
        (error: Error) => say({ fault: error.message }),
      );
    }
  });
  // The terminal interrupts all processes; this one hears of it from the one that reports.
  process.on("SIGINT", () => {});
  process.once("disconnect", () => process.exit());
}

export interface Supply {
  /** Takes what was handed out; nothing: there is no more. */
  add(pieces: readonly number[]): void;
  readonly next: Source<number>;
}

/** Pieces as they are handed out: asks for more while half of the last ones are still to be done. */
export function suppliedBy(ask: () => void): Supply {
  const here: number[] = [];
  const waiting: ((piece: number | undefined) => void)[] = [];
  let asked = false;
  let enough = 0;
  let ended = false;
  const askFor = (): void => {
    if (asked || ended || here.length > enough) return;
    asked = true;
    ask();
  };
  return {
    add(pieces) {
      asked = false;
      ended = pieces.length === 0;
      enough = pieces.length / 2;
      here.push(...pieces);
      while (waiting.length > 0 && (ended || here.length > 0)) waiting.shift()?.(here.shift());
      askFor();
    },
    next() {
      const piece = here.shift();
      askFor();
      if (piece !== undefined || ended) return piece;
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
