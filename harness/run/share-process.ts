/** A process that judges some of the cases (see `shares.ts`). */
import { dialectNames } from "../wire/index.ts";
import { serve } from "./fellow.ts";
import type { Sink } from "./judge-target.ts";
import { makePlan } from "./plan.ts";
import { type Judged, judgeShare, type ShareWork, sharedCases } from "./shares.ts";
import { prepareShortRun } from "./short-run.ts";

/** Cases that are reported together: a process that is woken for each has no time for its own. */
const batch = 16;

prepareShortRun();
serve<ShareWork, Judged>(async ({ options }, report, { signal, next }) => {
  const made = makePlan({ ...options, dialects: options.dialects ?? dialectNames });
  const judged: Judged[number][] = [];
  const sink: Sink = {
    add(one, result, outcomes) {
      judged.push({ id: one.id, result, outcomes });
      if (judged.length >= batch) report(judged.splice(0));
    },
    stopped: () => signal.aborted,
  };
  await judgeShare(made, { ...options, signal }, sink, sharedCases(made, next, sink));
  report(judged);
});
