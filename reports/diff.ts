import type { Verdict } from "../harness/judge/types.ts";
import type { CaseResult, RequirementResult, Results } from "../harness/run/results.ts";
import { paint, type Style } from "./style.ts";
import { count, printable } from "./text.ts";

export interface Change {
  readonly id: string;
  readonly from: Verdict;
  readonly to: Verdict;
  /** Another verdict on the target: it got better or worse, or the two cannot be compared. */
  readonly direction: "better" | "worse" | "other";
}

export interface ResultsDiff {
  readonly changed: readonly Change[];
  readonly added: readonly CaseResult[];
  readonly retired: readonly CaseResult[];
  /** Ids of cases whose title or covered requirements are others, so that their verdicts compare with care. */
  readonly revised: readonly string[];
  readonly requirements: {
    readonly newlyFailing: readonly RequirementResult[];
    readonly noLongerFailing: readonly RequirementResult[];
  };
}

const RANK: Partial<Record<Verdict, number>> = { pass: 0, warn: 1, fail: 2 };

/** What changed from the results `a` to the results `b`. */
export function diff(a: Results, b: Results): ResultsDiff {
  const before = new Map(a.cases.map((result) => [result.id, result]));
  const after = new Map(b.cases.map((result) => [result.id, result]));
  const both = b.cases.flatMap((to) => {
    const from = before.get(to.id);
    return from ? [{ from, to }] : [];
  });
  return {
    changed: both
      .filter(({ from, to }) => from.verdict !== to.verdict)
      .map(({ from, to }) => ({
        id: to.id,
        from: from.verdict,
        to: to.verdict,
        direction: direction(from.verdict, to.verdict),
      })),
    added: b.cases.filter(({ id }) => !before.has(id)),
    retired: a.cases.filter(({ id }) => !after.has(id)),
    revised: both.filter(({ from, to }) => revised(from, to)).map(({ to }) => to.id),
    requirements: { newlyFailing: failingOnlyIn(b, a), noLongerFailing: failingOnlyIn(a, b) },
  };
}

function direction(from: Verdict, to: Verdict): Change["direction"] {
  const [low, high] = [RANK[from], RANK[to]];
  // A verdict that is lost is worse, whether to inconc, to n/a or to an error.
  if (low !== undefined && high === undefined) return from === "fail" ? "other" : "worse";
  if (low === undefined || high === undefined) return to === "fail" ? "worse" : "other";
  return high > low ? "worse" : "better";
}

function revised(from: CaseResult, to: CaseResult): boolean {
  return from.title !== to.title || from.scenario !== to.scenario;
}

function failingOnlyIn(one: Results, other: Results): RequirementResult[] {
  const failing = new Set(other.requirements.filter(({ verdict }) => verdict === "fail").map(({ id }) => id));
  return one.requirements.filter(({ id, verdict }) => verdict === "fail" && !failing.has(id));
}

/** Whether the second results are worse: a verdict got worse, or a requirement or an added case fails. */
export function isWorse({ changed, added, requirements }: ResultsDiff): boolean {
  if (requirements.newlyFailing.length > 0) return true;
  return changed.some(({ direction }) => direction === "worse") || added.some(({ verdict }) => verdict === "fail");
}

/** The difference for people. */
export function diffText(difference: ResultsDiff, style: Style): string {
  const { changed, added, retired, revised, requirements } = difference;
  const change = ({ id, from, to }: Change) =>
    `  ${paint(style, from, from.padStart(6))} → ${paint(style, to, to.padEnd(6))} ${id}`;
  const requirement = ({ id, level, source }: RequirementResult) => `  ${id}  ${level} · ${printable(source)}`;
  const single = ({ id, verdict }: CaseResult) => `  ${paint(style, verdict, verdict.padEnd(6))} ${id}`;
  const sections: [string, string[]][] = [
    ["Requirements newly failing", requirements.newlyFailing.map(requirement)],
    ["Requirements no longer failing", requirements.noLongerFailing.map(requirement)],
    ["Worse", changed.filter(({ direction }) => direction === "worse").map(change)],
    ["Better", changed.filter(({ direction }) => direction === "better").map(change)],
    ["Other changes of verdict", changed.filter(({ direction }) => direction === "other").map(change)],
    ["Cases added", added.map(single)],
    ["Cases retired", retired.map(single)],
    ["Cases revised (compare with care)", revised.map((id) => `  ${id}`)],
  ];
  const shown = sections.filter(([, lines]) => lines.length > 0);
  if (shown.length === 0) return "No difference in verdicts, cases or requirements\n";
  return `${shown.map(([title, lines]) => [style.bold(`${title} (${lines.length})`), ...lines].join("\n")).join("\n\n")}\n`;
}

/** One line: how much changed. */
export function diffSentence({ changed, added, retired }: ResultsDiff): string {
  return `${count(changed.length, "verdict")} changed, ${count(added.length, "case")} added, ${retired.length} retired`;
}
