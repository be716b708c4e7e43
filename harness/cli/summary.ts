import { consoleSummary } from "../../reports/console.ts";
import type { Results } from "../run/results.ts";
import { columnsOf, out, wantsColor } from "./terminal.ts";

/** The flags of a command that say how much is told. */
export interface SummaryFlags {
  readonly strict?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

interface Told {
  /** Known-failure entries that no longer fail. */
  readonly stale?: readonly string[];
  /** Reports that were written. */
  readonly written: readonly string[];
  /** Folder that holds the transcripts. */
  readonly folder?: string | undefined;
}

/** Prints what a person reads at the end, as the terminal can show it. */
export function printSummary(results: Results, flags: SummaryFlags, { stale = [], written, folder }: Told): void {
  out(
    consoleSummary(results, {
      color: wantsColor(process.stdout),
      columns: columnsOf(process.stdout),
      strict: flags.strict === true,
      quiet: flags.quiet === true,
      verbose: flags.verbose === true,
      stale,
      written,
      ...(folder !== undefined && { folder }),
    }),
  );
}
