import { Command } from "commander";
import type { Finish } from "./program.ts";
import { out, wantsColor } from "./terminal.ts";

/** `ncwspec diff`: what changed between two results files. */
export function diffCommand(finish: Finish): Command {
  return new Command("diff")
    .description("what changed between two results files")
    .argument("<a>", "results file before")
    .argument("<b>", "results file after")
    .option("--json", "print the difference as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (a: string, b: string, flags: { readonly json?: true }) => finish(await execute(a, b, flags)));
}

const EXAMPLES = `
Exit code 1 when the second is worse: a verdict got worse, or a requirement newly fails.

Examples:
  $ ncwspec diff before.json after.json
  $ ncwspec diff before.json after.json --json`;

async function execute(a: string, b: string, flags: { readonly json?: true }): Promise<number> {
  const { readResults } = await import("./read-results.ts");
  const { diff, diffSentence, diffText, isWorse } = await import("../../reports/diff.ts");
  const { styleFor } = await import("../../reports/style.ts");
  const { EXIT } = await import("../run/exit-code.ts");
  const difference = diff(readResults(a), readResults(b));
  if (flags.json) out(`${JSON.stringify(difference, null, 2)}\n`);
  else out(`${diffText(difference, styleFor(wantsColor(process.stdout)))}\n${diffSentence(difference)}\n`);
  return isWorse(difference) ? EXIT.nonConforming : EXIT.ok;
}
