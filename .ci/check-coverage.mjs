// Holds the shares of `ncwspec list requirements --summary --json` on standard input to a least percentage:
// node .ci/check-coverage.mjs <percent>
import { readFileSync } from "node:fs";

const least = Number(process.argv[2]);
const shares = JSON.parse(readFileSync(0, "utf8"));
const short = shares.filter(({ percent }) => percent < least);
for (const { area, rows, covered, percent } of short)
  process.stderr.write(`${area}: ${covered} of ${rows} have a case, ${percent} % and not ${least} %\n`);
if (short.length > 0 || shares.length === 0) process.exit(1);
