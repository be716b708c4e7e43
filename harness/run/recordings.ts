/** Recordings judged: the same checks on the same transcript give the verdict of the live run again. */

import { readCapture } from "../capture/connections.ts";
import { isCapture } from "../capture/packet-file.ts";
import { type Catalogue, loadCatalogue } from "../judge/catalogue.ts";
import type { CheckSpec } from "../judge/check-types.ts";
import { type Judgement, judge } from "../judge/judge.ts";
import type { Transcript } from "../judge/types.ts";
import { keyMemory } from "../observe/keys.ts";
import { transcriptFromJsonLines } from "../session/recorder.ts";
import { shellWord } from "../target/shell-word.ts";
import type { DialectName } from "../wire/types.ts";
import { bothEnds, endOf, watchedTranscript } from "./both-ends.ts";
import { UsageError } from "./errors.ts";
import { packageVersion, requirementsFolder } from "./package-root.ts";
import type { CaseResult, Results } from "./results.ts";
import { rollUp, summarise } from "./roll-up.ts";

export interface Recording {
  /** Path of the file, as people gave it. */
  readonly file: string;
  /** JSON lines (`ncwspec-transcript/1`), or a capture (pcap, pcapng). */
  readonly content: Uint8Array;
}

export interface RecordingOptions {
  /** Of connections of a capture that do not tell: their handshake is missing, or names none that is known. */
  readonly dialect?: DialectName;
  /** Something of a file could not be read. */
  readonly onNote?: (line: string) => void;
}

/**
 * Judges transcripts that a run kept, and of connections that were observed or captured both ends. One without checks in
 * its header is judged by what holds whatever the case.
 * @throws UsageError with file and line for what is no recording, or names a check or a requirement that is not there,
 *   and for a capture with nothing to judge in it
 */
export function judgeRecordings(recordings: readonly Recording[], options: RecordingOptions = {}): Recorded {
  const begun = performance.now();
  const catalogue = loadCatalogue(requirementsFolder());
  let connections = 0;
  const judged = recordings.flatMap((recording) => {
    if (!isCapture(recording.content)) return judgeOne(recording.file, readRecording(recording), catalogue);
    const read = readCaptured(recording, connections, options);
    connections += read.length;
    return read.flatMap((one) => judgeOne(recording.file, one, catalogue));
  });
  const name = recordings.length === 1 ? (recordings[0]?.file ?? "") : `${recordings.length} recordings`;
  return { results: resultsOf(judged, { catalogue, name, reach: "recording", begun }), judged };
}

export interface Recorded {
  readonly results: Results;
  readonly judged: readonly Judged[];
}

export interface Judged {
  readonly result: CaseResult;
  /** What it was judged from, where it is still held. */
  readonly transcript?: Transcript;
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

/** A transcript, and what it says of itself. */
interface Read {
  readonly transcript: Transcript;
  readonly header: Readonly<Record<string, unknown>>;
}

function judgeOne(file: string, { transcript, header }: Read, catalogue: Catalogue): Judged[] {
  const checks = (header["judge"] ?? []) as readonly CheckSpec[];
  const policies = new Set((header["policies"] ?? []) as readonly string[]);
  const { stopped } = header as { stopped?: string };
  const options = { catalogue, checks, policies, ...(stopped === undefined ? {} : { stopped }) };
  const place = { file, rerun: `ncwspec judge ${shellWord(file)}` };
  const ends = header["ends"] === true ? bothEnds.map((role) => endOf(transcript, role)) : [transcript];
  const { unjudged } = header as { unjudged?: string };
  return ends.map((end) => {
    if (unjudged !== undefined) return { result: unjudgedCase(end, header, unjudged, place), transcript };
    const judgement = attempt(file, () => judge(end, options));
    return { result: recordedCase(end, header, judgement, place), transcript, judgement, policies };
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

function readRecording({ file, content }: Recording): Read {
  const read = attempt(file, () => transcriptFromJsonLines(Buffer.from(content).toString("utf8")));
  const { judge: checks = [], policies = [] } = read.header;
  if (!Array.isArray(checks) || !Array.isArray(policies))
    throw new UsageError(`${file}: line 1: judge and policies must be lists`);
  return read;
}

/** The connections of a capture; `before` counts those of other files. */
function readCaptured({ file, content }: Recording, before: number, { dialect, onNote }: RecordingOptions): Read[] {
  const { connections, notes } = attempt(file, () => readCapture(content));
  for (const note of notes) onNote?.(`${file}: ${note}`);
  const keys = keyMemory();
  const read = connections.map(({ client, server, begun, ended, entries }, index) => {
    const number = before + index + 1;
    const title = `Connection ${number}, from ${client} to ${server}`;
    return watchedTranscript({
      number,
      entries,
      preferred: dialect,
      keys,
      during: { begun, ended },
      header: { title },
    });
  });
  const reasons = read.map(({ header }) => header["unjudged"]).filter((reason) => reason !== undefined);
  if (reasons.length < read.length) return read;
  const told = [...new Set(reasons)].join("; ") || "no TCP connection on which something was sent";
  throw new UsageError(`${file}: nothing to judge in it: ${told}`);
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
}
