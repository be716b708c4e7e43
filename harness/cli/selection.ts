import type { Command } from "commander";
import type { Selection } from "../run/index.ts";
import type { Results } from "../run/results.ts";
import type { DialectName } from "../wire/types.ts";
import { dialects, level, names, path, patterns, shard } from "./values.ts";

/** Which cases, as commander hands it over. */
export interface SelectionFlags {
  readonly dialect?: readonly DialectName[];
  readonly suite?: readonly string[];
  readonly case?: readonly string[];
  readonly requirement?: readonly string[];
  readonly exclude?: readonly string[];
  readonly level?: "must" | "should";
  readonly shard?: { readonly index: number; readonly count: number };
  readonly rerunFailed?: string;
}

/** The options that choose cases, common to the commands. */
export function addSelection(command: Command): Command {
  return command
    .optionsGroup("Which cases:")
    .option("--dialect <name>", "hybi-00, hybi-06 or rfc6455 (repeatable)", dialects)
    .option("--suite <name>", "area: handshake, framing, replay, ... (repeatable)", names)
    .option("--case <id or glob>", "a case, a scenario, or a glob of either (repeatable)", patterns)
    .option("--requirement <id>", "cases that cover it (repeatable)", names)
    .option("--exclude <id or glob>", "not these cases (repeatable)", patterns)
    .option("--level <level>", "must: leave out what covers SHOULD and MAY only", level)
    .option("--shard <i/n>", "the i-th of n parts, for several machines", shard)
    .option("--rerun-failed <results>", "the cases that did not pass in a results file", path);
}

/**
 * The selection that the flags mean.
 * @throws UsageError when the results file of --rerun-failed cannot be used
 */
export async function selectionOf(flags: SelectionFlags): Promise<Selection> {
  const rerun = flags.rerunFailed === undefined ? undefined : await readRerun(flags.rerunFailed);
  return {
    ...(flags.dialect && { dialects: flags.dialect }),
    ...(flags.suite && { suites: flags.suite }),
    ...(flags.case && { cases: flags.case }),
    ...(flags.requirement && { requirements: flags.requirement }),
    ...(flags.exclude && { exclude: flags.exclude }),
    ...(flags.level && { level: flags.level }),
    ...(flags.shard && { shard: flags.shard }),
    ...(rerun && { rerunFailed: rerun }),
  };
}

async function readRerun(file: string): Promise<Results> {
  const { readResults } = await import("./read-results.ts");
  return readResults(file);
}
