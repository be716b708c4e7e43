/** The files of a part: its transcript and the same as a capture, below the output folder. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pcapng } from "../capture/write.ts";
import type { Transcript } from "../judge/types.ts";
import { transcriptFromJsonLines, transcriptToJsonLines } from "../session/recorder.ts";
import type { Activity } from "./activities.ts";
import type { PlannedCell } from "./plan.ts";
import { readable } from "./readable.ts";
import type { CellPart, MatrixResults, PairFinding, ReadableEntry } from "./results.ts";

export type PartFiles = Pick<CellPart, "transcript" | "pcapng">;

/**
 * Writes the transcript of a part, whose ends `ncwspec judge` judges again, and a capture with the findings as comments.
 * @returns paths below `out`
 */
export function keepPart(
  out: string,
  { id }: PlannedCell,
  activity: Activity,
  transcript: Transcript,
  findings: readonly PairFinding[],
): PartFiles {
  const folder = "transcripts";
  const base = `${fileNameOf(id)}.${activity.id}`;
  mkdirSync(join(out, folder), { recursive: true });
  const header = { title: `${activity.title}: ${id}`, ends: true };
  const path = `${folder}/${base}.jsonl`;
  writeFileSync(join(out, path), transcriptToJsonLines(transcript, header));
  const capture = `${folder}/${base}.pcapng`;
  const told = findings.map((finding) => ({ finding, role: finding.end }));
  writeFileSync(join(out, capture), pcapng([{ transcript, findings: told }]));
  return { transcript: path, pcapng: capture };
}

/** A cell's id as a file name; two ids that differ in a character no file name should have stay apart. */
function fileNameOf(id: string): string {
  const joined = id.replaceAll(/[×@]/gu, "+");
  const plain = joined.replaceAll(/[^\w.+-]+/g, "_");
  return plain === joined ? plain : `${plain}.${createHash("sha1").update(id).digest("hex").slice(0, 6)}`;
}

/** What is in the transcripts of a matrix, as people read it; a file that is gone is left out. */
export function readParts(out: string, { cells }: MatrixResults): Map<string, readonly ReadableEntry[]> {
  const parts = new Map<string, readonly ReadableEntry[]>();
  for (const { transcript } of cells.flatMap((cell) => cell.parts)) {
    if (transcript === undefined) continue;
    try {
      parts.set(transcript, readable(transcriptFromJsonLines(readFileSync(join(out, transcript), "utf8")).transcript));
    } catch {
      // An old matrix may have lost its files; the page links them all the same.
    }
  }
  return parts;
}
