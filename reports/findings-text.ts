import type { Finding } from "../harness/judge/types.ts";
import type { CaseResult } from "../harness/run/results.ts";
import { clip, printable } from "./text.ts";

/** A finding as plain text, for reports that show a block of it. */
export function findingText(finding: Finding): string {
  const lines = [`${finding.requirement} (${finding.level}, ${finding.clause}): ${finding.message}`];
  if (finding.expected !== undefined) lines.push(`expected: ${clip(finding.expected)}`);
  if (finding.got !== undefined) lines.push(`got: ${clip(finding.got)}`);
  lines.push(`at: entry ${finding.at} of the transcript`);
  return printable(lines.join("\n"));
}

/** All that is to be known of a case that did not simply pass: reason, findings, transcript, how to run it again. */
export function caseText(result: CaseResult): string {
  const parts = [
    ...(result.reason === undefined ? [] : [printable(result.reason)]),
    ...result.findings.map(findingText),
    ...(result.transcript === undefined ? [] : [`transcript: ${result.transcript}`]),
    `again: ${result.rerun}`,
  ];
  return parts.join("\n\n");
}

/** Why a known failure is excused, in one line. */
export function knownText(known: NonNullable<CaseResult["known"]>): string {
  const facts = [known.reason, known.issue, known.since === undefined ? undefined : `since ${known.since}`];
  return printable(facts.filter((fact) => fact !== undefined).join(", "));
}

/** The first finding that decides the verdict, or the reason: one line. */
export function headline(result: CaseResult): string {
  const deciding = result.findings.find(({ level }) => level.startsWith("MUST")) ?? result.findings[0];
  const text = deciding
    ? `${deciding.requirement} ${deciding.clause}: ${deciding.message}`
    : (result.reason ?? result.verdict);
  return printable(text).replace(/\s+/g, " ").trim();
}
