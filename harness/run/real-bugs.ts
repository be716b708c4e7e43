/** Which of the bugs that shipped a proof killed. */
import type { Role } from "../judge/types.ts";
import type { RealBug } from "../mutant/real-bugs.ts";
import type { MutantResult, RealBugResult, RealBugs } from "./results.ts";

/** Why a bug has no mutant where its entry does not say it. */
export const noMutantYet = "No mutant has it yet.";

/**
 * Bugs of that role by what became of their mutants in this proof; those of proxies are told with the servers'. A bug is killed when at least one of its mutants was killed
 * on its own requirement; it is visible unless there is a reason why no peer can see it.
 */
export function realBugsOf(bugs: readonly RealBug[], results: readonly MutantResult[], role: Role): RealBugs {
  const killed = new Set(results.filter(isKilled).map(({ id }) => id.split("@")[0]));
  const own = bugs.filter((bug) => (bug.role === "client") === (role === "client"));
  const list = own.map((bug) => resultOf(bug, killed));
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
  if (mutants.length === 0) return { ...base, state: "uncovered", reason: bug.uncovered ?? noMutantYet };
  return { ...base, state: mutants.some((mutant) => killed.has(mutant)) ? "killed" : "survived" };
}
