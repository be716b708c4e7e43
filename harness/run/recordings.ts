/** Recordings judged: the same checks on the same transcript give the verdict of the live run again. */

import { loadCatalogue } from "../judge/catalogue.ts";
import type { CheckSpec } from "../judge/check-types.ts";
import { type Judgement, judge } from "../judge/judge.ts";
import type { Role } from "../judge/types.ts";
import { transcriptFromJsonLines } from "../session/recorder.ts";
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
  const outcomes = new Map<string, Judgement["outcomes"]>();
  const asked = new Set<string>();
  const roles = new Set<Role>();
  const cases = recordings.map((recording): CaseResult => {
    const { transcript, header } = readRecording(recording);
    const checks = (header["judge"] ?? []) as readonly CheckSpec[];
    const policies = new Set((header["policies"] ?? []) as readonly string[]);
    const { stopped } = header as { stopped?: string };
    const judgement = attempt(recording.file, () =>
      judge(transcript, { catalogue, checks, policies, ...(stopped === undefined ? {} : { stopped }) }),
    );
    outcomes.set(transcript.case, judgement.outcomes);
    for (const id of policies) asked.add(id);
    roles.add(transcript.role);
    const named = checks.flatMap((check) => Object.values(check).map((args) => String(args["requirement"])));
    const scenario = transcript.case.replace(/[[@].*$/, "");
    return {
      id: transcript.case,
      scenario,
      suite: scenario.split("/")[0] ?? scenario,
      dialect: transcript.dialect,
      role: transcript.role,
      title: String(header["title"] ?? transcript.case),
      verdict: judgement.verdict,
      requirements: [...new Set([...named, ...judgement.findings.map((finding) => finding.requirement)])],
      durationMs: 0,
      transcript: recording.file,
      findings: judgement.findings,
      ...(judgement.reason === undefined ? {} : { reason: judgement.reason }),
      rerun: `ncwspec judge '${recording.file}'`,
    };
  });
  return {
    schema: "ncwspec-results/1",
    complete: true,
    tool: { name: "ncwspec", version: packageVersion() },
    seed: 1,
    target: {
      name: cases.length === 1 ? (cases[0]?.transcript ?? "recording") : `${cases.length} recordings`,
      role: roles.has("server") || roles.size === 0 ? "server" : "client",
      reach: "recording",
      observed: { capabilities: [], dialects: [...new Set(cases.map((one) => one.dialect))] },
    },
    startedAt,
    durationMs: Math.round(performance.now() - begun),
    planned: cases.length,
    summary: summarise(cases),
    cases,
    requirements: rollUp(cases, outcomes, catalogue, asked),
  };
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
