import { createHash } from "node:crypto";
import { type CaseResult, isUnexpected, type Results } from "../harness/run/results.ts";
import { findingText, headline, knownText } from "./findings-text.ts";

/** A file of an Allure results folder, its text or the transcript that it is a copy of. */
export interface AllureFile {
  readonly name: string;
  readonly content: { readonly text: string } | { readonly transcript: string };
}

type Status = "passed" | "failed" | "broken" | "skipped";

/**
 * An Allure 2 results folder: one result a case, findings as its steps, the transcript attached. The ids
 * that Allure keeps history by come from the case id alone.
 */
export function allure(results: Results, options: { readonly strict: boolean }): AllureFile[] {
  const started = Date.parse(results.startedAt);
  return [
    ...results.cases.flatMap((result) => caseFiles(results, result, started, options.strict)),
    { name: "environment.properties", content: { text: environment(results) } },
    { name: "categories.json", content: { text: `${JSON.stringify(CATEGORIES, null, 2)}\n` } },
  ];
}

const CATEGORIES = [
  { name: "Broken requirements", matchedStatuses: ["failed"] },
  { name: "Errors of the harness", matchedStatuses: ["broken"] },
  { name: "Known failures", matchedStatuses: ["skipped"], messageRegex: "known failure: .*" },
  { name: "Inconclusive", matchedStatuses: ["skipped"], messageRegex: "inconc: .*" },
  { name: "Not applicable", matchedStatuses: ["skipped"], messageRegex: "n/a: .*" },
];

function caseFiles(results: Results, result: CaseResult, started: number, strict: boolean): AllureFile[] {
  const uuid = uuidFrom(`${results.startedAt} ${result.id}`);
  const status = statusOf(result, strict);
  const attachment = `${uuid}-attachment.jsonl`;
  const test = {
    uuid,
    historyId: digest(`${results.target.name} ${result.id}`),
    testCaseId: digest(result.id),
    fullName: result.id,
    name: `${result.title} (${result.id})`,
    status,
    statusDetails: statusDetails(result, status),
    stage: "finished",
    start: started,
    stop: started + Math.round(result.durationMs),
    description: `\`${result.rerun}\``,
    labels: labels(results, result),
    links: (result.known?.issue ?? "").startsWith("http") ? [{ type: "issue", url: result.known?.issue }] : [],
    parameters: [
      { name: "dialect", value: result.dialect },
      { name: "seed", value: String(results.seed), excluded: true },
    ],
    steps: result.findings.map((finding) => ({
      name: `${finding.requirement} ${finding.level} ${finding.clause}: ${finding.message}`,
      status: finding.level.startsWith("MUST") ? "failed" : "passed",
      statusDetails: { message: findingText(finding) },
      stage: "finished",
      start: started,
      stop: started,
      steps: [],
      attachments: [],
      parameters: [],
    })),
    attachments:
      result.transcript === undefined ? [] : [{ name: "transcript", type: "application/jsonl", source: attachment }],
  };
  const file: AllureFile = { name: `${uuid}-result.json`, content: { text: `${JSON.stringify(test, null, 2)}\n` } };
  if (result.transcript === undefined) return [file];
  return [file, { name: attachment, content: { transcript: result.transcript } }];
}

function statusOf(result: CaseResult, strict: boolean): Status {
  if (result.verdict === "error") return "broken";
  if (isUnexpected(result, strict)) return "failed";
  if (result.verdict === "pass" || (result.verdict === "warn" && result.known === undefined)) return "passed";
  return "skipped";
}

function statusDetails(result: CaseResult, status: Status): Record<string, unknown> {
  if (status === "skipped" && result.known !== undefined)
    return { known: true, message: `known failure: ${knownText(result.known)}` };
  if (result.verdict === "pass") return {};
  return { message: `${result.verdict}: ${headline(result)}`, trace: result.findings.map(findingText).join("\n\n") };
}

function labels(results: Results, result: CaseResult): { name: string; value: string }[] {
  const must = result.findings.some(({ level }) => level.startsWith("MUST"));
  return [
    { name: "parentSuite", value: result.dialect },
    { name: "suite", value: result.suite },
    { name: "subSuite", value: result.scenario },
    { name: "epic", value: results.target.name },
    { name: "feature", value: result.suite },
    { name: "story", value: result.scenario },
    { name: "severity", value: must ? "critical" : result.findings.length > 0 ? "minor" : "normal" },
    { name: "framework", value: "ncwspec" },
    ...result.requirements.map((requirement) => ({ name: "tag", value: requirement })),
  ];
}

function environment({ target, tool, seed }: Results): string {
  const rows = {
    target: target.name,
    role: target.role,
    reach: target.reach,
    dialects: target.observed.dialects.join(", "),
    ncwspec: tool.version,
    seed: String(seed),
  };
  const oneLine = (text: string) => text.replace(/\\/g, "\\\\").replace(/[\r\n]+/g, " ");
  return Object.entries(rows)
    .map(([name, value]) => `${name}=${oneLine(value)}\n`)
    .join("");
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function uuidFrom(text: string): string {
  return digest(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
