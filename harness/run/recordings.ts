/** Recordings judged: the same checks on the same transcript give the verdict of the live run again. */

import { type Catalogue, loadCatalogue } from "../judge/catalogue.ts";
import type { CheckSpec } from "../judge/check-types.ts";
import { type Judgement, judge } from "../judge/judge.ts";
import type { Transcript } from "../judge/types.ts";
import { transcriptFromJsonLines } from "../session/recorder.ts";
import { shellWord } from "../target/shell-word.ts";
import { bothEnds, endOf } from "./both-ends.ts";
import { UsageError } from "./errors.ts";
import { packageVersion, requirementsFolder } from "./package-root.ts";
import type { CaseResult, Results } from "./results.ts";
import { rollUp, summarise } from "./roll-up.ts";

export interface Recording {
  /** Path of the file, as people gave it. */
  readonly file: string;
  /** JSON lines, `ncwspec-transcript/1`. */
  readonly text: string;
}

/**
 * Judges transcripts that a run kept, and of a connection that was observed both ends. One without checks in its header
 * is judged by what holds whatever the case.
 * @throws UsageError with file and line for what is no transcript, or names a check or a requirement that is not there
 */
export function judgeRecordings(recordings: readonly Recording[]): Results {
  const begun = performance.now();
  const catalogue = loadCatalogue(requirementsFolder());
  const judged = recordings.flatMap((recording) => judgeOne(recording, catalogue));
  const name = recordings.length === 1 ? (recordings[0]?.file ?? "") : `${recordings.length} recordings`;
  return resultsOf(judged, { catalogue, name, reach: "recording", begun });
}

export interface Judged {
  readonly result: CaseResult;
  /** Absent where there was nothing to judge. */
  readonly judgement?: Judgement;
  readonly policies?: ReadonlySet<string>;
}

export interface About {
  readonly catalogue: Catalogue;
  readonly name: string;
  readonly reach: string;
  /** `performance.now()` when it began. */
  readonly begun: number;
  /** Why less was judged than there was. */
  readonly reason?: string | undefined;
}

/** The results of judging what was recorded or watched. */
export function resultsOf(judged: readonly Judged[], { catalogue, name, reach, begun, reason }: About): Results {
  const cases = judged.map(({ result }) => result);
  const outcomes = new Map(
    judged.flatMap(({ result, judgement }) => (judgement ? [[result.id, judgement.outcomes] as const] : [])),
  );
  const policies = new Set(judged.flatMap((one) => [...(one.policies ?? [])]));
  const durationMs = Math.round(performance.now() - begun);
  return {
    schema: "ncwspec-results/1",
    complete: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    tool: { name: "ncwspec", version: packageVersion() },
    seed: 1,
    target: {
      name,
      role: cases.length > 0 && cases.every((one) => one.role === "client") ? "client" : "server",
      reach,
      observed: { capabilities: [], dialects: [...new Set(cases.map((one) => one.dialect))] },
    },
    startedAt: new Date(Date.now() - durationMs).toISOString(),
    durationMs,
    planned: cases.length,
    summary: summarise(cases),
    cases,
    requirements: rollUp(cases, outcomes, catalogue, policies),
  };
}

function judgeOne(recording: Recording, catalogue: Catalogue): Judged[] {
  const { transcript, header } = readRecording(recording);
  const checks = (header["judge"] ?? []) as readonly CheckSpec[];
  const policies = new Set((header["policies"] ?? []) as readonly string[]);
  const { stopped } = header as { stopped?: string };
  const options = { catalogue, checks, policies, ...(stopped === undefined ? {} : { stopped }) };
  const place = { file: recording.file, rerun: `ncwspec judge ${shellWord(recording.file)}` };
  const ends = header["ends"] === true ? bothEnds.map((role) => endOf(transcript, role)) : [transcript];
  const { unjudged } = header as { unjudged?: string };
  return ends.map((end) => {
    if (unjudged !== undefined) return { result: unjudgedCase(end, header, unjudged, place) };
    const judgement = attempt(recording.file, () => judge(end, options));
    return { result: recordedCase(end, header, judgement, place), judgement, policies };
  });
}

/** Where a recording is, and the command that judges it again. */
export interface RecordedPlace {
  readonly file?: string | undefined;
  readonly rerun: string;
}

/** @param header what the recording says of itself: its checks and title */
export function recordedCase(
  transcript: Transcript,
  header: Readonly<Record<string, unknown>>,
  { verdict, findings, reason }: Judgement,
  { file, rerun }: RecordedPlace,
): CaseResult {
  const checks = (header["judge"] ?? []) as readonly CheckSpec[];
  const named = checks.flatMap((check) => Object.values(check).map((args) => String(args["requirement"])));
  const scenario = transcript.case.replace(/[[@].*$/, "");
  return {
    id: transcript.case,
    scenario,
    suite: scenario.split("/")[0] ?? scenario,
    dialect: transcript.dialect,
    role: transcript.role,
    title: String(header["title"] ?? transcript.case),
    verdict,
    requirements: [...new Set([...named, ...findings.map((finding) => finding.requirement)])],
    durationMs: 0,
    ...(file === undefined ? {} : { transcript: file }),
    findings,
    ...(reason === undefined ? {} : { reason }),
    rerun,
  };
}

/** What there is to say of a recording that holds nothing to judge: `n/a`, and why. */
export function unjudgedCase(
  transcript: Transcript,
  header: Readonly<Record<string, unknown>>,
  reason: string,
  place: RecordedPlace,
): CaseResult {
  const nothing: Judgement = { verdict: "n/a", findings: [], outcomes: new Map(), reason };
  return recordedCase(transcript, header, nothing, place);
}

function readRecording({ file, text }: Recording): ReturnType<typeof transcriptFromJsonLines> {
  const read = attempt(file, () => transcriptFromJsonLines(text));
  const { judge: checks = [], policies = [] } = read.header;
  if (!Array.isArray(checks) || !Array.isArray(policies))
    throw new UsageError(`${file}: line 1: judge and policies must be lists`);
  return read;
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
}
