import { Command } from "commander";
import type { Results } from "../run/results.ts";
import type { Finish } from "./program.ts";
import { path } from "./values.ts";

interface Flags {
  readonly html?: string;
  readonly junit?: string;
  readonly allure?: string;
  readonly markdown?: string;
  readonly json?: string;
  readonly strict?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** `ncwspec report`: renders a results file, or joins the files of shards and renders the whole. */
export function reportCommand(finish: Finish): Command {
  return new Command("report")
    .description("render results, or join those of shards")
    .argument("<file...>", "results files; several are shards of one run")
    .option("--html <file>", "one self-contained page", path)
    .option("--junit <file>", "JUnit XML", path)
    .option("--allure <dir>", "Allure results", path)
    .option("--markdown <file>", "summary for a job page", path)
    .option("--json <file>", "results file (of the whole, when several are joined)", path)
    .option("--strict", "warn and inconc count as failures")
    .option("--quiet", "print only what is unexpected")
    .option("--verbose", "print every case of every group")
    .addHelpText("after", EXAMPLES)
    .action(async (files: string[], flags: Flags) => finish(await execute(files, flags)));
}

const EXAMPLES = `
The exit code is that of rendering; what the results say is the exit code of the run.

Examples:
  $ ncwspec report out/results.json --html out/report.html
  $ ncwspec report shard-1.json shard-2.json --json whole.json --junit junit.xml
  $ ncwspec report out/results.json --markdown "$GITHUB_STEP_SUMMARY"`;

async function execute(files: readonly string[], flags: Flags): Promise<number> {
  const { prepareOutputs, writeOutputs } = await import("./outputs.ts");
  const { printSummary } = await import("./summary.ts");
  const { results, folder } = await load(files, flags);
  prepareOutputs(flags);
  const strict = flags.strict === true;
  const written = await writeOutputs(results, flags, { strict, stale: [], transcripts: folder });
  printSummary(results, flags, { written, folder });
  return 0;
}

/** The results, and the folder that their transcript paths are below. */
async function load(files: readonly string[], flags: Flags): Promise<{ results: Results; folder: string }> {
  const { dirname, relative, resolve, sep } = await import("node:path");
  const { readResults } = await import("./read-results.ts");
  const [only] = files;
  if (only !== undefined && files.length === 1) return { results: readResults(only), folder: dirname(only) };
  const { merge } = await import("../../reports/merge.ts");
  const folder = flags.json === undefined ? "." : dirname(flags.json);
  const parts = files.map((file) => {
    const way = relative(resolve(folder), dirname(resolve(file)))
      .split(sep)
      .join("/");
    return { name: file, results: readResults(file), transcripts: way === "" ? "" : `${way}/` };
  });
  return { results: merge(parts), folder };
}
