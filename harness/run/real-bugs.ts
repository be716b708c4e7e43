/** Which of the bugs that shipped a proof killed. */
import type { RealBug } from "../mutant/real-bugs.ts";
import type { MutantResult, RealBugResult, RealBugs } from "./results.ts";

/** Why the bugs of clients are not covered. */
export const clientsNotJudged = "Clients are not judged yet.";

/**
 * Bugs by what became of their mutants in this proof. A bug is killed when at least one of its mutants was killed
 * on its own requirement; it is visible unless there is a reason why no peer can see it.
 */
export function realBugsOf(bugs: readonly RealBug[], results: readonly MutantResult[]): RealBugs {
  const killed = new Set(results.filter(isKilled).map(({ id }) => id.split("@")[0]));
  const list = bugs.map((bug) => resultOf(bug, killed));
  const count = (state: RealBugResult["state"]) => list.filter((bug) => bug.state === state).length;
  return {
    killed: count("killed"),
    visible: list.length - count("unseen"),
    unseen: count("unseen"),
    survived: count("survived"),
    uncovered: count("uncovered"),
    bugs: list,
  };
}

function isKilled({ killedBy, attributed }: MutantResult): boolean {
  return killedBy.length > 0 && attributed;
}

function resultOf(bug: RealBug, killed: ReadonlySet<string | undefined>): RealBugResult {
  const { id, role, area, statement, mutants = [], unseen } = bug;
  const base = { id, role, area, statement, mutants };
  if (unseen !== undefined) return { ...base, state: "unseen", reason: unseen };
  if (mutants.length === 0) return { ...base, state: "uncovered", reason: bug.uncovered ?? clientsNotJudged };
  return { ...base, state: mutants.some((mutant) => killed.has(mutant)) ? "killed" : "survived" };
}
