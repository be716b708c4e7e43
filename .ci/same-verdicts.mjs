// Ends with 1 unless every case that was executed has the same verdict, findings and reason in both results files.
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const [live, again] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")).cases);
const byId = new Map(again.map((one) => [one.id, one]));
const essence = (one) => one && { verdict: one.verdict, findings: one.findings, reason: one.reason };
const executed = live.filter((one) => one.verdict !== "n/a");
const different = executed.filter((one) => !isDeepStrictEqual(essence(one), essence(byId.get(one.id))));
for (const one of different)
  process.stderr.write(`${one.id}: ${one.verdict}, and ${byId.get(one.id)?.verdict} again\n`);
process.stdout.write(`${executed.length} cases, ${different.length} different\n`);
process.exitCode = executed.length > 0 && different.length === 0 ? 0 : 1;
