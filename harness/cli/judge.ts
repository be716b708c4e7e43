import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { UsageError } from "../run/errors.ts";
import type { Recording } from "../run/recordings.ts";
import type { Finish } from "./program.ts";
import { reasonOf } from "./read-results.ts";
import { path } from "./values.ts";

interface Flags {
  readonly json?: string;
  readonly junit?: string;
  readonly html?: string;
  readonly strict?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** `ncwspec judge`: judges transcripts that a run has kept, without a target. */
export function judgeCommand(finish: Finish): Command {
  return new Command("judge")
    .description("judge recorded transcripts again")
    .argument("<transcript...>", "transcripts (.jsonl), or folders of them")
    .option("--json <file>", "results file", path)
    .option("--junit <file>", "JUnit XML", path)
    .option("--html <file>", "one self-contained page", path)
    .option("--strict", "warn and inconc count as failures")
    .option("--quiet", "only what is unexpected")
    .option("--verbose", "every case of every group")
    .addHelpText("after", EXAMPLES)
    .action(async (files: string[], flags: Flags) => finish(await execute(files, flags)));
}

const EXAMPLES = `
Examples:
  $ ncwspec judge out/transcripts
  $ ncwspec judge 'out/transcripts/replay_seam[1]@rfc6455.jsonl' --json again.json`;

async function execute(places: readonly string[], flags: Flags): Promise<number> {
  const { judgeRecordings } = await import("../run/recordings.ts");
  const { exitCode } = await import("../run/exit-code.ts");
  const { prepareOutputs, writeOutputs } = await import("./outputs.ts");
  const { printSummary } = await import("./summary.ts");
  const strict = flags.strict === true;
  const recordings = places.flatMap(recordingsAt);
  prepareOutputs(flags);
  const results = judgeRecordings(recordings);
  const written = await writeOutputs(results, flags, { strict, stale: [], transcripts: undefined });
  printSummary(results, flags, { written });
  return exitCode(results, { strict, stale: [], interrupted: false });
}

/** @throws UsageError for what cannot be read, and for a folder without transcripts */
function recordingsAt(place: string): Recording[] {
  try {
    if (!statSync(place).isDirectory()) return [{ file: place, text: readFileSync(place, "utf8") }];
    const names = readdirSync(place).filter((name) => name.endsWith(".jsonl"));
    if (names.length > 0)
      return names.sort().map((name) => ({ file: join(place, name), text: readFileSync(join(place, name), "utf8") }));
  } catch (error) {
    throw new UsageError(`cannot read ${place}: ${reasonOf(error)}`);
  }
  throw new UsageError(`${place}: no transcripts (.jsonl) in this folder`);
}
