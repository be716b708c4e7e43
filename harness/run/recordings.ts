/** Recordings judged: the same checks on the same transcript give the verdict of the live run again. */

import { type Catalogue, loadCatalogue } from "../judge/catalogue.ts";
import type { CheckSpec } from "../judge/check-types.ts";
import { type Judgement, judge } from "../judge/judge.ts";
import { transcriptFromJsonLines } from "../session/recorder.ts";
import { shellWord } from "../target/shell-word.ts";
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
 * Judges transcripts that a run kept. One without checks in its header is judged by what holds whatever the case.
 * @throws UsageError with file and line for what is no transcript, or names a check or a requirement that is not there
 */
export function judgeRecordings(recordings: readonly Recording[]): Results {
  const begun = performance.now();
  const startedAt = new Date().toISOString();
  const catalogue = loadCatalogue(requirementsFolder());
  const judged = recordings.map((recording) => judgeOne(recording, catalogue));
  const cases = judged.map(({ result }) => result);
  const outcomes = new Map(judged.map(({ result, judgement }) => [result.id, judgement.outcomes]));
  const policies = new Set(judged.flatMap((one) => [...one.policies]));
  return {
    schema: "ncwspec-results/1",
    complete: true,
    tool: { name: "ncwspec", version: packageVersion() },
    seed: 1,
    target: {
      name: recordings.length === 1 ? (recordings[0]?.file ?? "") : `${recordings.length} recordings`,
      role: cases.every((one) => one.role === "client") ? "client" : "server",
      reach: "recording",
      observed: { capabilities: [], dialects: [...new Set(cases.map((one) => one.dialect))] },
    },
    startedAt,
    durationMs: Math.round(performance.now() - begun),
    planned: cases.length,
    summary: summarise(cases),
    cases,
    requirements: rollUp(cases, outcomes, catalogue, policies),
  };
}

interface JudgedRecording {
  readonly result: CaseResult;
  readonly judgement: Judgement;
  readonly policies: ReadonlySet<string>;
}

function judgeOne(recording: Recording, catalogue: Catalogue): JudgedRecording {
  const { transcript, header } = readRecording(recording);
  const checks = (header["judge"] ?? []) as readonly CheckSpec[];
  const policies = new Set((header["policies"] ?? []) as readonly string[]);
  const { stopped } = header as { stopped?: string };
  const options = { catalogue, checks, policies, ...(stopped === undefined ? {} : { stopped }) };
  const judgement = attempt(recording.file, () => judge(transcript, options));
  const { verdict, findings, reason } = judgement;
  const named = checks.flatMap((check) => Object.values(check).map((args) => String(args["requirement"])));
  const scenario = transcript.case.replace(/[[@].*$/, "");
  const result: CaseResult = {
    id: transcript.case,
    scenario,
    suite: scenario.split("/")[0] ?? scenario,
    dialect: transcript.dialect,
    role: transcript.role,
    title: String(header["title"] ?? transcript.case),
    verdict,
    requirements: [...new Set([...named, ...findings.map((finding) => finding.requirement)])],
    durationMs: 0,
    transcript: recording.file,
    findings,
    ...(reason === undefined ? {} : { reason }),
    rerun: `ncwspec judge ${shellWord(recording.file)}`,
  };
  return { result, judgement, policies };
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
