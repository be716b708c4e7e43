// Holds a results file to what its own numbers say: node .ci/check-results.mjs <results.json>
import { readFileSync } from "node:fs";

const verdicts = ["pass", "warn", "fail", "inconc", "n/a", "error"];
const results = JSON.parse(readFileSync(process.argv[2], "utf8"));
const problems = [];
const hold = (truth, message) => truth || problems.push(message);

hold(results.schema === "ncwspec-results/1", `schema is ${results.schema}`);
hold(results.complete === true, `not complete: ${results.reason}`);
hold(results.planned > 0, "nothing was planned");
hold(results.cases.length === results.planned, `${results.planned} planned, ${results.cases.length} judged`);
hold(new Set(results.cases.map((one) => one.id)).size === results.cases.length, "a case id stands twice");
hold(
  Object.keys(results.summary).sort().join() === [...verdicts].sort().join(),
  `summary has ${Object.keys(results.summary)}`,
);
for (const verdict of verdicts) {
  const counted = results.cases.filter((one) => one.verdict === verdict).length;
  hold(results.summary[verdict] === counted, `${verdict}: summary ${results.summary[verdict]}, cases ${counted}`);
}
for (const one of results.cases) {
  hold(verdicts.includes(one.verdict), `${one.id}: verdict ${one.verdict}`);
  const unexplained = ["inconc", "n/a", "error"].includes(one.verdict) && !one.reason;
  hold(!unexplained, `${one.id}: ${one.verdict} without a reason`);
  hold(one.verdict !== "fail" || one.findings.length > 0, `${one.id}: fail without a finding`);
  hold(Boolean(one.rerun), `${one.id}: no rerun command`);
}
for (const row of results.requirements)
  for (const id of row.cases)
    hold(
      results.cases.some((one) => one.id === id),
      `${row.id} names ${id}, which is no case of the run`,
    );

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`${results.cases.length} cases: ${JSON.stringify(results.summary)}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
