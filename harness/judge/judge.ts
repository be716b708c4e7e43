/** From a transcript to a verdict: the announced checks, then the passive ones, then the roll-up. Pure. */
import type { Catalogue } from "./catalogue.ts";
import type { CheckSpec, Report } from "./check-types.ts";
import { checks } from "./checks/index.ts";
import { type Conversation, readConversation } from "./conversation.ts";
import { fails, levelFor } from "./level.ts";
import { closingReports } from "./passive/closing.ts";
import { keyReports } from "./passive/keys.ts";
import { netconfReports } from "./passive/netconf.ts";
import { notificationReports } from "./passive/notifications.ts";
import { openingReports } from "./passive/opening.ts";
import { schemaReports } from "./passive/schema.ts";
import { wireReports } from "./passive/wire.ts";
import type { Finding, Transcript, Verdict } from "./types.ts";

export interface Judgement {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** What became of every requirement that was looked at. */
  readonly outcomes: ReadonlyMap<string, Report["outcome"]>;
  readonly reason?: string;
}

export interface JudgeOptions {
  readonly catalogue: Catalogue;
  readonly checks: readonly CheckSpec[];
  /** Why the drive ended early; then nothing can be green. */
  readonly stopped?: string;
  /** Requirements of basis `policy` that the target asked to be held to. */
  readonly policies?: ReadonlySet<string>;
}

/** All passive checks: on every transcript, whatever the scenario. */
export function passiveReports(conversation: Conversation): Report[] {
  const reports = [
    ...wireReports(conversation),
    ...openingReports(conversation),
    ...keyReports(conversation),
    ...closingReports(conversation),
    ...netconfReports(conversation),
    ...notificationReports(conversation),
  ];
  return [...reports, ...schemaReports(conversation, reports)];
}

/** @throws Error when a check is unknown, names no requirement of the catalogue, or does not report: the suite's fault. */
export function judge(transcript: Transcript, options: JudgeOptions): Judgement {
  const conversation = readConversation(transcript);
  const announced = options.checks.flatMap((spec) => runCheck(spec, conversation, options.catalogue));
  const reports = [...announced, ...passiveReports(conversation)];
  const findings = findingsOf(reports, options);
  const verdict = verdictOf(findings, announced, options);
  const reason =
    verdict === "inconc"
      ? (options.stopped ?? announced.find((report) => report.outcome === "unseen")?.message)
      : undefined;
  return { verdict, findings, outcomes: outcomesOf(reports), ...(reason === undefined ? {} : { reason }) };
}

function runCheck(spec: CheckSpec, conversation: Conversation, catalogue: Catalogue): readonly Report[] {
  const [name = "", args = {}] = Object.entries(spec)[0] ?? [];
  const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
  if (!check) throw new Error(`there is no check "${name}"`);
  const requirement = String(args["requirement"]);
  if (!catalogue.has(requirement))
    throw new Error(`check "${name}" names requirement ${requirement}, which the catalogue does not have`);
  const result = check(args, { conversation, requirement });
  const reports: readonly Report[] = Array.isArray(result) ? result : [result as Report];
  if (reports.length === 0) throw new Error(`check "${name}" did not report`);
  return reports;
}

/** One finding for a requirement and message: a breach repeated is shown once, at its first place. */
function findingsOf(reports: readonly Report[], { catalogue, policies }: JudgeOptions): Finding[] {
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const report of reports) {
    const key = `${report.requirement} ${report.message}`;
    if (report.outcome !== "broken" || seen.has(key)) continue;
    seen.add(key);
    const row = catalogue.get(report.requirement);
    if (!row) throw new Error(`a check reports on ${report.requirement}, which the catalogue does not have`);
    findings.push({
      requirement: report.requirement,
      level: levelFor(row, policies),
      clause: row.source,
      message: report.message,
      at: report.at,
      ...(report.expected === undefined ? {} : { expected: report.expected }),
      ...(report.got === undefined ? {} : { got: report.got }),
    });
  }
  return findings;
}

function verdictOf(findings: readonly Finding[], announced: readonly Report[], options: JudgeOptions): Verdict {
  const { catalogue, policies } = options;
  const rows = findings.flatMap(({ requirement }) => catalogue.get(requirement) ?? []);
  if (rows.some((row) => fails(row, policies))) return "fail";
  if (findings.length > 0) return "warn";
  return options.stopped !== undefined || announced.some((report) => report.outcome === "unseen") ? "inconc" : "pass";
}

const weight: Record<Report["outcome"], number> = { held: 0, unseen: 1, broken: 2 };

function outcomesOf(reports: readonly Report[]): Map<string, Report["outcome"]> {
  const outcomes = new Map<string, Report["outcome"]>();
  for (const report of reports) {
    const known = outcomes.get(report.requirement);
    if (known === undefined || weight[report.outcome] > weight[known]) outcomes.set(report.requirement, report.outcome);
  }
  return outcomes;
}
