/** Samples of a check: conversations on which it has to hold, to be broken, or to say that it saw nothing. Pure. */

import { dialectNames } from "../../wire/index.ts";
import type { DialectName } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import { checks } from "../checks/index.ts";
import { readConversation } from "../conversation.ts";
import type { Role } from "../types.ts";
import { type Line, transcriptOf } from "./script.ts";

export interface Sample {
  readonly args: Readonly<Record<string, unknown>>;
  readonly lines: Line;
  /** Dialects it is tried under; absent: all three. */
  readonly dialects?: readonly DialectName[];
  /** The requirement it is asked for, where the check looks at it. */
  readonly requirement?: string;
  /** The message of the finding; asked of every sample that is broken. */
  readonly message?: string;
}

export interface Samples {
  readonly holds: Readonly<Record<string, Sample>>;
  readonly broken: Readonly<Record<string, Sample & { readonly message: string }>>;
  readonly unseen: Readonly<Record<string, Sample>>;
}

export interface SampleRow {
  readonly title: string;
  readonly expected: Pick<Report, "outcome"> & { readonly message?: string };
  readonly reports: () => readonly Report[];
}

/** One row for each sample and dialect, for `test.each`. */
export function rowsOf(samples: Readonly<Record<string, Samples>>, role: Role = "server"): SampleRow[] {
  return Object.entries(samples).flatMap(([name, kinds]) =>
    (["holds", "broken", "unseen"] as const).flatMap((kind) =>
      Object.entries<Sample>(kinds[kind]).flatMap(([what, sample]) =>
        (sample.dialects ?? dialectNames).map((dialect) => ({
          title: `${name} ${kind}: ${what} (${dialect})`,
          expected: {
            outcome: kind === "holds" ? "held" : kind,
            ...(kind === "broken" ? { message: sample.message } : {}),
          } as SampleRow["expected"],
          reports: () => reportsOf(name, sample.args, dialect, sample.lines, sample.requirement, role),
        })),
      ),
    ),
  );
}

export function reportsOf(
  name: string,
  args: Readonly<Record<string, unknown>>,
  dialect: DialectName,
  lines: Line,
  requirement = "R",
  role: Role = "server",
): readonly Report[] {
  const check = checks[name];
  if (!check) throw new Error(`there is no check "${name}"`);
  const conversation = readConversation({ ...transcriptOf(dialect, lines), role });
  const result = check(args, { conversation, requirement });
  const reports = Array.isArray(result) ? (result as readonly Report[]) : [result as Report];
  const nowhere = reports.find((report) => report.outcome === "broken" && report.at < 0);
  if (nowhere) throw new Error(`the finding "${nowhere.message}" has no place`);
  return reports;
}

/** Names of the checks among these functions that lack a sample of some kind. */
export function lacking(
  samples: Readonly<Record<string, Samples>>,
  functions: Readonly<Record<string, unknown>>,
): string[] {
  const own = Object.entries(checks).filter(([, check]) => Object.values(functions).includes(check));
  return own.flatMap(([name]) =>
    (["holds", "broken", "unseen"] as const).flatMap((kind) =>
      Object.keys(samples[name]?.[kind] ?? {}).length === 0 ? [`${name}: ${kind}`] : [],
    ),
  );
}
