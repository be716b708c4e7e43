// Holds a results file to its schema and to its own numbers: node .ci/check-results.mjs <results.json>
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

const verdicts = ["pass", "warn", "fail", "inconc", "n/a", "error"];
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
const results = readJson(process.argv[2]);
const problems = [];
const hold = (truth, message) => truth || problems.push(message);

const ajv = new Ajv2020({ allErrors: true, strict: false });
formats.default(ajv);
ajv.validate(readJson(new URL("../fixtures/schemas/results.schema.json", import.meta.url)), results);
for (const error of ajv.errors ?? []) problems.push(`${error.instancePath || "/"} ${error.message}`);

function checkNumbers() {
  hold(results.complete === true, `not complete: ${results.reason}`);
  hold(results.planned > 0, "nothing was planned");
  hold(results.cases.length === results.planned, `${results.planned} planned, ${results.cases.length} judged`);
  hold(new Set(results.cases.map((one) => one.id)).size === results.cases.length, "a case id stands twice");
  for (const verdict of verdicts) {
    const counted = results.cases.filter((one) => one.verdict === verdict).length;
    hold(results.summary[verdict] === counted, `${verdict}: summary ${results.summary[verdict]}, cases ${counted}`);
  }
  for (const one of results.cases) {
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
}

if (problems.length === 0) checkNumbers();
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`planned ${results.planned}: ${JSON.stringify(results.summary)}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
