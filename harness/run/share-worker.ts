/** A thread that judges a share of the cases against a reference of its own (see `shares.ts`). */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Judgement } from "../judge/judge.ts";
import { startTarget } from "../target/start.ts";
import { dialectNames } from "../wire/index.ts";
import { judgeCases, type RunOptions, type Sink } from "./judge-target.ts";
import { judgeHere } from "./judging.ts";
import { makePlan } from "./plan.ts";
import { turnsIn } from "./pool.ts";
import type { CaseResult } from "./results.ts";

export interface ShareWork {
  readonly options: Omit<RunOptions, "signal" | "onEvent" | "known">;
  /** Whose turn it is, across the threads. */
  readonly turns: SharedArrayBuffer;
  /** Not 0: no more cases are wanted. */
  readonly halted: SharedArrayBuffer;
}

export interface Judged {
  readonly id: string;
  readonly result: CaseResult;
  readonly outcomes: Judgement["outcomes"] | undefined;
}

export type ShareMessage = readonly Judged[];

/** Cases that are reported together: a thread that is woken for each has no time for its own. */
const batch = 16;

const parent = parentPort as MessagePort;
const { options, turns, halted } = workerData as ShareWork;
const interrupted = new AbortController();
parent.on("message", () => interrupted.abort());

const made = makePlan({ ...options, dialects: options.dialects ?? dialectNames });
const target = await startTarget(options.target);
const judged: Judged[] = [];
const report = (): void => parent.postMessage(judged.splice(0) satisfies ShareMessage);
const sink: Sink = {
  add(one, result, outcomes) {
    judged.push({ id: one.id, result, outcomes });
    if (judged.length >= batch) report();
  },
  stopped: () => interrupted.signal.aborted || Atomics.load(new Int32Array(halted), 0) !== 0,
};
const run = { ...options, signal: interrupted.signal };
await judgeCases(target, made, run, judgeHere(made.catalogue), sink, turnsIn(turns));
report();
await target.stop();
parent.close();
