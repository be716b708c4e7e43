import { isUnexpected, type Results } from "../harness/run/results.ts";
import { breaches } from "./breaches.ts";
import { count, printable } from "./text.ts";

/** One sentence on what a run says, in the order in which the exit code weighs it. */
export function outcome(
  results: Results,
  options: { readonly strict: boolean; readonly stale: readonly string[] },
): { readonly good: boolean; readonly text: string } {
  const bad = (text: string) => ({ good: false, text });
  const errors = results.summary.error;
  if (errors > 0) return bad(`The harness failed in ${count(errors, "case")}`);
  if (!results.complete) return bad(`Incomplete: ${printable(results.reason ?? "cut short")}`);
  if (results.planned === 0) return bad("No case was planned");
  if (results.cases.length < results.planned)
    return bad(`Only ${results.cases.length} of ${count(results.planned, "planned case")} were executed`);
  const { summary } = results;
  if (summary.inconc + summary["n/a"] === results.cases.length) return bad("No case came to a verdict on the target");
  const unexpected = results.cases.filter((result) => isUnexpected(result, options.strict));
  if (unexpected.length > 0) {
    const broken = breaches(results, unexpected).filter(({ weight }) => weight === "fail" || options.strict).length;
    return bad(`Not conforming: ${count(unexpected.length, "case")}, ${count(broken, "requirement")} broken`);
  }
  if (options.stale.length > 0) return bad(`${count(options.stale.length, "known failure")} no longer failing`);
  return { good: true, text: "Nothing unexpected" };
}
