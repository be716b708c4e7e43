/**
 * The built-in reference judged by all cores: each process has a reference, a driver and a judge of its own
 * and a share of the cases. Threads or processes that met at one reference would wake each other for every
 * message, which costs more than the work they share.
 */
import type { Judgement } from "../judge/judge.ts";
import { startTarget } from "../target/start.ts";
import { type Fellow, processesFor, type Share, shareOf, startFellow } from "./fellow.ts";
import { gather, judgeCases, type Observed, type RunOptions, type Sink } from "./judge-target.ts";
import { judgeHere } from "./judging.ts";
import type { Plan } from "./plan.ts";
import type { CaseResult, Results } from "./results.ts";
import { scaled } from "./scaled.ts";

/** Fewer cases than these are done before another process is ready. */
const casesWorthAProcess = 150;

/** Cases at the same time in one process: enough to fill the pauses that a few cases need. */
const jobsInAProcess = 3;

/** What a fellow process is given. */
export interface ShareWork {
  readonly options: Omit<RunOptions, "signal" | "onEvent" | "known">;
  readonly share: Share;
}

/** What it reports: some cases together. */
export type Judged = readonly {
  readonly id: string;
  readonly result: CaseResult;
  readonly outcomes: Judgement["outcomes"] | undefined;
}[];

/** Judges the reference that comes with the suite. */
export async function judgeBuiltIn(made: Plan, options: RunOptions): Promise<Results> {
  const of = processesFor(made.cases.length, casesWorthAProcess, options.jobs);
  const jobs = Math.ceil((options.jobs ?? jobsInAProcess * of) / of);
  const mine: RunOptions = { ...options, jobs, target: scaled(options.target, options.timeScale ?? 1) };
  const gathering = gather(made, options);
  const fellows: Fellow[] = [];
  const sink: Sink = {
    ...gathering,
    add(...judged) {
      gathering.add(...judged);
      if (gathering.stopped()) for (const fellow of fellows) fellow.halt();
    },
  };
  for (let index = 1; index < of; index += 1) fellows.push(startShare(made, mine, { index, of }, sink));
  // What the others have found is kept when one of them comes to grief.
  const losses = fellows.map((fellow) =>
    fellow.done.then(
      () => undefined,
      ({ message }: Error) => message,
    ),
  );
  const observed = await judgeShare(planShare(made, { index: 0, of }), mine, sink);
  const lost = (await Promise.all(losses)).find((message) => message !== undefined);
  return gathering.results({ file: mine.target, reach: "built-in" }, observed, lost);
}

export function planShare(made: Plan, share: Share): Plan {
  return { ...made, cases: shareOf(made.cases, share) };
}

/** Judges the cases of the plan against a reference of its own. */
export async function judgeShare(made: Plan, options: RunOptions, sink: Sink): Promise<Observed> {
  const target = await startTarget(options.target);
  try {
    return await judgeCases(target, made, options, judgeHere(made.catalogue), sink);
  } finally {
    await target.stop();
  }
}

function startShare(made: Plan, options: RunOptions, share: Share, sink: Sink): Fellow {
  const { signal, onEvent, known, ...plain } = options;
  const byId = new Map(made.cases.map((one) => [one.id, one]));
  const take = (judged: Judged) => {
    for (const { id, result, outcomes } of judged) {
      const one = byId.get(id);
      if (one) sink.add(one, result, outcomes);
    }
  };
  const work: ShareWork = { options: plain, share };
  return startFellow(new URL("./share-process.js", import.meta.url), work, take, signal);
}
