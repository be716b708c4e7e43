/** What the page shows: every planned case, whether its client is at work on it, and its latest result. */
import type { CaseResult } from "../run/results.ts";
import type { Case } from "../scenario/types.ts";
import { dialectNames } from "../wire/index.ts";

/** A case as the page gets it; a change carries what is new of it. */
export interface BoardCase extends Pick<Case, "id" | "title" | "suite" | "dialect" | "requirements"> {
  readonly url: string;
  /** What the client is asked to do beyond a session with a subscription, in words. */
  readonly asks: readonly string[];
  readonly running: boolean;
  readonly result?: Pick<CaseResult, "verdict" | "reason" | "findings" | "durationMs" | "transcript">;
}

export type Change = Partial<BoardCase> & Pick<BoardCase, "id">;

export interface Board {
  readonly cases: () => readonly BoardCase[];
  has(caseId: string): boolean;
  running(caseId: string): void;
  result(result: CaseResult): void;
  /** A run of the case ended without a result. */
  idle(caseId: string): void;
  /** Planned cases that have no result yet. */
  readonly open: number;
  /** @returns ends the watching */
  watch(take: (change: Change) => void): () => void;
}

/** @param urlOf the URL that the client of a case opens */
export function openBoard(planned: readonly Case[], urlOf: (caseId: string) => string): Board {
  const inOrder = dialectNames.toReversed().flatMap((name) => planned.filter(({ dialect }) => dialect === name));
  const cases = new Map(inOrder.map((one) => [one.id, firstOf(one, urlOf(one.id))]));
  const watchers = new Set<(change: Change) => void>();

  function change(news: Change): void {
    const before = cases.get(news.id);
    if (!before) return;
    cases.set(news.id, { ...before, ...news });
    for (const take of watchers) take(news);
  }

  return {
    cases: () => [...cases.values()],
    has: (caseId) => cases.has(caseId),
    running: (id) => change({ id, running: true }),
    idle: (id) => change({ id, running: false }),
    result({ id, verdict, reason, findings, durationMs, transcript }) {
      const result = {
        verdict,
        findings,
        durationMs,
        ...(reason === undefined ? {} : { reason }),
        ...(transcript === undefined ? {} : { transcript }),
      };
      change({ id, running: false, result });
    },
    get open() {
      return [...cases.values()].filter(({ result }) => result === undefined).length;
    },
    watch(take) {
      watchers.add(take);
      return () => watchers.delete(take);
    },
  };
}

function firstOf(one: Case, url: string): BoardCase {
  const { id, title, suite, dialect, requirements } = one;
  return { id, title, suite, dialect, requirements, url, asks: asksOf(one), running: false };
}

/** What has to be set in the client before, and what it is told on the way. */
function asksOf({ drive, scenario }: Case): string[] {
  const steps = drive.flatMap((step) => Object.entries(step));
  const parameters = steps
    .filter(([name]) => name === "task")
    .flatMap(([, task]) => Object.entries((task ?? {}) as Readonly<Record<string, unknown>>))
    .map(([name, value]) => `create-subscription with ${name}: ${String(value)}`);
  const abilities = scenario.needs.flatMap((need) => {
    const [, kind = "", word = ""] = /^(control|report):(.+)$/.exec(need) ?? [];
    if (kind === "") return [];
    return kind === "control" ? `a client that can be told: ${word}` : `a client that reports: ${word}`;
  });
  return [...parameters, ...abilities];
}
