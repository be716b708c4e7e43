/** What a pair did, judged: both ends from the one transcript, and the verdict on the part. */
import type { Catalogue } from "../judge/catalogue.ts";
import type { CheckSpec } from "../judge/check-types.ts";
import { readConversation } from "../judge/conversation.ts";
import type { Judgement } from "../judge/judge.ts";
import { fails } from "../judge/level.ts";
import type { Transcript } from "../judge/types.ts";
import type { Judging } from "../run/judging.ts";
import type { End } from "../wire/types.ts";
import type { Activity } from "./activities.ts";
import type { PairDone } from "./pair.ts";
import { pairView } from "./progress.ts";
import type { CellPart, PairFinding } from "./results.ts";
import { partOutcome } from "./verdict.ts";

/** What judging an end takes beside the transcript. */
export interface EndRules {
  /** Requirements of basis `policy` that it asked to be held to. */
  readonly policies: ReadonlySet<string>;
  /** Why a breach of that requirement is expected; undefined: it is not. */
  readonly knownReason: (requirement: string) => string | undefined;
}

export interface JudgePair {
  readonly judging: Judging;
  readonly catalogue: Catalogue;
  readonly rules: Readonly<Record<End, EndRules>>;
}

/** @returns the part without its files */
export async function judgePair(
  activity: Activity,
  done: PairDone,
  { judging, catalogue, rules }: JudgePair,
): Promise<Omit<CellPart, "durationMs">> {
  const { id, title, area } = activity;
  const about = { name: id, area, title, ...(done.said.length > 0 ? { said: done.said } : {}) };
  if (done.notDone !== undefined) return { ...about, verdict: "not-common", reason: done.notDone, findings: [] };
  // Nothing on the wire: that says nothing of the two together.
  if (done.lack?.absent) return { ...about, verdict: "unavailable", reason: done.lack.reason, findings: [] };
  if (done.unreadable !== undefined) return { ...about, verdict: "unavailable", reason: done.unreadable, findings: [] };
  const server = await judging.judge(done.transcript, { ...checksOf(activity, done), ...policiesOf(rules.server) });
  const asClient: Transcript = { ...done.transcript, role: "client" };
  const client = await judging.judge(asClient, { checks: [], ...policiesOf(rules.client) });
  const finding =
    (end: End) =>
    (one: Judgement["findings"][number]): PairFinding => {
      const row = catalogue.get(one.requirement);
      const known = rules[end].knownReason(one.requirement);
      return {
        ...one,
        end,
        fails: row !== undefined && fails(row, rules[end].policies),
        ...(known === undefined ? {} : { known }),
      };
    };
  const findings = [...server.findings.map(finding("server")), ...client.findings.map(finding("client"))];
  if (done.unprovoked !== undefined) return { ...about, verdict: "unavailable", reason: done.unprovoked, findings };
  const note = done.note === undefined ? {} : { reason: done.note };
  return { ...about, ...note, ...partOutcome(done.lack, findings), findings };
}

/** Announced checks, `pair` in them replaced by the name of the connection; a pair that stopped has not done what they ask. */
function checksOf({ judge }: Activity, { transcript, lack }: PairDone): { checks: CheckSpec[] } {
  const view = pairView(readConversation(transcript));
  if (!view || lack) return { checks: [] };
  const named = (args: Readonly<Record<string, unknown>>) =>
    args["on"] === "pair" ? { ...args, on: view.name } : args;
  return {
    checks: judge.map((spec) => Object.fromEntries(Object.entries(spec).map(([name, args]) => [name, named(args)]))),
  };
}

function policiesOf({ policies }: EndRules): { policies: ReadonlySet<string> } {
  return { policies };
}
