/**
 * The built-in reference judged by all cores: each thread has a reference, a driver and a judge of its own,
 * and takes the next case of the common list when it is done with one. Threads that met at one reference
 * would wake each other for every message, which costs more than the work they share.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { startTarget } from "../target/start.ts";
import { type Gathering, gather, judgeCases, type Observed, type RunOptions } from "./judge-target.ts";
import { judgeHere } from "./judging.ts";
import type { Plan } from "./plan.ts";
import { sizeOfTurns, turnsIn } from "./pool.ts";
import type { Results } from "./results.ts";
import { scaled } from "./scaled.ts";
import type { Judged, ShareMessage, ShareWork } from "./share-worker.ts";

/** Fewer cases than these are done before another thread is ready. */
const casesWorthAThread = 150;

/** Cases at the same time in one thread: enough to fill the pauses that a few cases need. */
const jobsInAThread = 3;

/** Judges the reference that comes with the suite. */
export async function judgeBuiltIn(made: Plan, options: RunOptions): Promise<Results> {
  const threads = threadsFor(made.cases.length, options.jobs);
  const jobs = Math.ceil((options.jobs ?? jobsInAThread * threads) / threads);
  const mine: RunOptions = { ...options, jobs, target: scaled(options.target, options.timeScale ?? 1) };
  const memory = { turns: new SharedArrayBuffer(sizeOfTurns), halted: new SharedArrayBuffer(4) };
  const gathering = haltingAll(gather(made, options), new Int32Array(memory.halted));
  const others = Array.from({ length: threads - 1 }, () => otherShare(made, mine, memory, gathering));
  const [observed] = await Promise.all([ownShare(made, mine, memory, gathering), ...others]);
  return gathering.results({ file: mine.target, reach: "built-in" }, observed);
}

/** Node cannot start a thread from TypeScript sources: under the project's own tests there is one. */
function threadsFor(cases: number, jobs = Number.POSITIVE_INFINITY): number {
  if (import.meta.url.endsWith(".ts")) return 1;
  return Math.max(1, Math.min(availableParallelism(), jobs, Math.ceil(cases / casesWorthAThread)));
}

/** Once one thread has seen enough, all stop taking cases. */
function haltingAll(gathering: Gathering, halted: Int32Array): Gathering {
  return {
    ...gathering,
    add(...judged) {
      gathering.add(...judged);
      if (gathering.stopped()) Atomics.store(halted, 0, 1);
    },
  };
}

async function ownShare(made: Plan, options: RunOptions, memory: Memory, gathering: Gathering): Promise<Observed> {
  const target = await startTarget(options.target);
  try {
    return await judgeCases(target, made, options, judgeHere(made.catalogue), gathering, turnsIn(memory.turns));
  } finally {
    await target.stop();
  }
}

type Memory = Pick<ShareWork, "turns" | "halted">;

function otherShare(made: Plan, options: RunOptions, memory: Memory, gathering: Gathering): Promise<void> {
  const { signal, onEvent, known, ...plain } = options;
  const worker = new Worker(new URL("./share-worker.js", import.meta.url), {
    workerData: { options: plain, ...memory } satisfies ShareWork,
  });
  const interrupt = () => worker.postMessage("interrupt");
  signal?.addEventListener("abort", interrupt);
  const byId = new Map(made.cases.map((one) => [one.id, one]));
  const take = ({ id, result, outcomes }: Judged) => {
    const one = byId.get(id);
    if (one) gathering.add(one, result, outcomes);
  };
  return new Promise<void>((resolve, reject) => {
    worker.on("message", (message: ShareMessage) => message.forEach(take));
    worker.once("error", reject);
    worker.once("exit", () => resolve());
  }).finally(() => signal?.removeEventListener("abort", interrupt));
}
