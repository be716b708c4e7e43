/** One case: drive, judge, keep the transcript. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Judgement } from "../judge/judge.ts";
import type { Transcript } from "../judge/types.ts";
import type { Facts } from "../scenario/context.ts";
import { type DriveOptions, drive, interrupted } from "../scenario/drive.ts";
import type { Case } from "../scenario/types.ts";
import { transcriptToJsonLines } from "../session/recorder.ts";
import { withAccess } from "../target/access-text.ts";
import { withSettings } from "../target/settings.ts";
import type { RunningTarget } from "../target/types.ts";
import type { Judging } from "./judging.ts";
import { randomOf } from "./random.ts";
import type { CaseResult } from "./results.ts";

export interface ExecuteContext {
  readonly target: RunningTarget;
  readonly judging: Judging;
  /** Cases in which a connection was given up because the target sent more than may come in. */
  readonly flooded: string[];
  readonly seed: number;
  /** Told apart from the events of other runs against the same server. */
  readonly runTag: string;
  readonly out?: string;
  readonly rerun: (id: string) => string;
  readonly signal: AbortSignal;
  readonly policies: ReadonlySet<string>;
  /** Opens the place where a client has to come to in a case; absent: a free port of 127.0.0.1. */
  readonly listen?: NonNullable<DriveOptions["listen"]>;
  /** Milliseconds after which a case is cut; absent: {@link caseLimitMs}. */
  readonly caseLimitMs?: number;
}

export interface Executed {
  readonly result: CaseResult;
  readonly judgement?: Judgement;
  readonly transcript?: Transcript;
  /** The drive came to its end. */
  readonly through: boolean;
}

/** A case is cut after this many milliseconds, whatever it waits for; a suite fault, since every wait has its own deadline. */
const caseLimitMs = 120_000;

/** Runs and judges a case. Never throws: what goes wrong in the harness is the verdict `error`. */
export async function execute(one: Case, index: number, facts: Facts, context: ExecuteContext): Promise<Executed> {
  const started = performance.now();
  const base = baseResult(one, context);
  const elapsed = () => Math.round((performance.now() - started) * 10) / 10;
  const overdue = new AbortController();
  try {
    const { transcript, stopped, notImplemented } = await limited(
      context.caseLimitMs ?? caseLimitMs,
      overdue,
      drive({
        case: one,
        target: context.target,
        facts,
        random: randomOf(context.seed, one.id),
        serial: `${context.runTag}${index.toString(36)}`,
        clock: Date.now,
        signal: AbortSignal.any([context.signal, overdue.signal]),
        ...(context.listen ? { listen: context.listen } : {}),
      }),
    );
    if (transcript.entries.some((entry) => entry.type === "step" && entry.step === "given-up"))
      context.flooded.push(one.id);
    if (stopped === interrupted)
      return { result: { ...base, verdict: "inconc", reason: interrupted, durationMs: elapsed() }, through: false };
    if (notImplemented)
      return {
        result: {
          ...base,
          verdict: "n/a",
          reason: "the client says that it does not implement this case",
          durationMs: elapsed(),
        },
        transcript,
        through: false,
      };
    const { claims, access } = context.target.file;
    const checks = withAccess(withSettings(one.judge, claims), access);
    const judgement = await context.judging.judge(transcript, {
      checks,
      policies: context.policies,
      ...(stopped === undefined ? {} : { stopped }),
    });
    const kept = keepTranscript({ ...one, judge: checks }, transcript, stopped, context);
    const charged = judgement.findings.map((finding) => finding.requirement);
    const result: CaseResult = {
      ...base,
      verdict: judgement.verdict,
      requirements: [...new Set([...one.requirements, ...charged])],
      findings: judgement.findings,
      durationMs: elapsed(),
      ...(kept === undefined ? {} : { transcript: kept }),
      ...(judgement.reason === undefined ? {} : { reason: judgement.reason }),
    };
    return { result, judgement, transcript, through: stopped === undefined };
  } catch (error) {
    return {
      result: { ...base, verdict: "error", reason: (error as Error).message, durationMs: elapsed() },
      through: false,
    };
  }
}

function baseResult(one: Case, context: ExecuteContext): Omit<CaseResult, "verdict" | "durationMs"> {
  return {
    id: one.id,
    scenario: one.scenario.id,
    suite: one.suite,
    dialect: one.dialect,
    role: one.scenario.role,
    title: one.title,
    requirements: one.requirements,
    findings: [],
    rerun: context.rerun(one.id),
  };
}

/** A case that is not executed: `n/a` or `inconc`, with the reason. */
export function withheld(one: Case, verdict: "n/a" | "inconc", reason: string, context: ExecuteContext): CaseResult {
  return { ...baseResult(one, context), verdict, reason, durationMs: 0 };
}

/** The result of the work, or an error when it takes longer; then what it holds open is hung up too. */
async function limited<T>(milliseconds: number, overdue: AbortController, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the case took longer than ${milliseconds} ms`));
      overdue.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Written at once, not in the background: a small file costs less than the detour. */
function keepTranscript(
  one: Case,
  transcript: Transcript,
  stopped: string | undefined,
  context: ExecuteContext,
): string | undefined {
  if (context.out === undefined) return undefined;
  const relative = path.join("transcripts", fileNameOf(one.id));
  const policies = context.policies.size === 0 ? {} : { policies: [...context.policies] };
  const header = { title: one.title, judge: one.judge, ...policies, ...(stopped === undefined ? {} : { stopped }) };
  mkdirSync(path.join(context.out, "transcripts"), { recursive: true });
  writeFileSync(path.join(context.out, relative), transcriptToJsonLines(transcript, header));
  return relative;
}

/** A case id as a file name; two ids that differ in a character no file name should have stay apart. */
function fileNameOf(id: string): string {
  const plain = id.replaceAll("/", "_").replaceAll(/[^\w.@[\]-]+/g, "_");
  const differs = plain !== id.replaceAll("/", "_");
  return `${plain}${differs ? `.${createHash("sha1").update(id).digest("hex").slice(0, 6)}` : ""}.jsonl`;
}
