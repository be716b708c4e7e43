// Holds a results file or a kill matrix to its schema and to its own numbers:
// node .ci/check-results.mjs <file.json>
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

const verdicts = ["pass", "warn", "fail", "inconc", "n/a", "error"];
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
const document = readJson(process.argv[2]);
const problems = [];
const hold = (truth, message) => truth || problems.push(message);

function checkSchema(name) {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  formats.default(ajv);
  ajv.validate(readJson(new URL(`../fixtures/schemas/${name}.schema.json`, import.meta.url)), document);
  for (const error of ajv.errors ?? []) problems.push(`${error.instancePath || "/"} ${error.message}`);
}

function checkResults({ complete, reason, planned, summary, cases, requirements }) {
  hold(complete, `not complete: ${reason}`);
  hold(planned > 0, "nothing was planned");
  hold(cases.length === planned, `${planned} planned, ${cases.length} judged`);
  const ids = new Set(cases.map((one) => one.id));
  hold(ids.size === cases.length, "a case id stands twice");
  for (const verdict of verdicts) {
    const counted = cases.filter((one) => one.verdict === verdict).length;
    hold(summary[verdict] === counted, `${verdict}: summary ${summary[verdict]}, cases ${counted}`);
  }
  for (const one of cases) {
    const unexplained = ["inconc", "n/a", "error"].includes(one.verdict) && !one.reason;
    hold(!unexplained, `${one.id}: ${one.verdict} without a reason`);
    hold(one.verdict !== "fail" || one.findings.length > 0, `${one.id}: fail without a finding`);
  }
  for (const row of requirements)
    for (const id of row.cases) hold(ids.has(id), `${row.id} names ${id}, which is no case of the run`);
}

function checkProof({ complete, summary, mutants }) {
  hold(complete, "not complete");
  hold(mutants.length > 0, "no mutant was run");
  const survived = mutants.filter((one) => one.killedBy.length === 0).length;
  hold(summary.mutants === mutants.length, `summary ${summary.mutants} mutants, listed ${mutants.length}`);
  hold(summary.survived === survived, `summary ${summary.survived} survived, listed ${survived}`);
}

const kinds = { "ncwspec-results/1": ["results", checkResults], "ncwspec-prove/1": ["prove", checkProof] };
const [name, checkNumbers] = kinds[document.schema] ?? [];
hold(name !== undefined, `unknown schema ${document.schema}`);
if (name !== undefined) checkSchema(name);
if (problems.length === 0) checkNumbers(document);

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`${JSON.stringify(document.summary)}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
