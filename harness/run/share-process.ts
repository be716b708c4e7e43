/** A process that judges a share of the cases (see `shares.ts`). */
import { dialectNames } from "../wire/index.ts";
import { serve } from "./fellow.ts";
import type { Sink } from "./judge-target.ts";
import { makePlan } from "./plan.ts";
import { type Judged, judgeShare, planShare, type ShareWork } from "./shares.ts";
import { prepareShortRun } from "./short-run.ts";

/** Cases that are reported together: a process that is woken for each has no time for its own. */
const batch = 16;

prepareShortRun();
serve<ShareWork, Judged>(async ({ options, share }, report, orders) => {
  const made = makePlan({ ...options, dialects: options.dialects ?? dialectNames });
  const judged: Judged[number][] = [];
  const sink: Sink = {
    add(one, result, outcomes) {
      judged.push({ id: one.id, result, outcomes });
      if (judged.length >= batch) report(judged.splice(0));
    },
    stopped: () => orders.signal.aborted || orders.halted(),
  };
  await judgeShare(planShare(made, share), { ...options, signal: orders.signal }, sink);
  report(judged);
});
