import { type CaseResult, type Results, VERDICTS } from "../harness/run/results.ts";
import { type Breach, breaches } from "./breaches.ts";
import { sentence, tallies } from "./counts.ts";
import { knownText } from "./findings-text.ts";
import { outcome } from "./outcome.ts";
import { clip, duration, groupBy, printable } from "./text.ts";

/** A summary for a job page or a pull request (GitHub-flavoured Markdown). */
export function markdown(
  results: Results,
  options: { readonly strict: boolean; readonly stale: readonly string[] },
): string {
  const { good, text } = outcome(results, options);
  const { target, tool, seed, durationMs } = results;
  const unlisted = results.cases.filter(({ known }) => known === undefined);
  const sections = [
    `## ncwspec: ${inline(target.name)}`,
    `**${good ? "✓" : "✗"} ${inline(text)}** (${sentence(results.summary)})`,
    `${target.role} at ${code(target.reach)}, ${tool.name} ${tool.version}, seed ${seed}, ${duration(durationMs)}`,
    counts(results),
    ...breaches(results, unlisted).map(breachBlock),
    reasons(
      "Inconclusive",
      unlisted.filter(({ verdict }) => verdict === "inconc"),
    ),
    reasons(
      "Not applicable",
      unlisted.filter(({ verdict }) => verdict === "n/a"),
    ),
    reasons(
      "Errors of the harness",
      results.cases.filter(({ verdict }) => verdict === "error"),
    ),
    known(results.cases),
    options.stale.length === 0
      ? ""
      : `### No longer failing\n\n${options.stale.map((name) => `- ${code(name)}`).join("\n")}`,
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function counts(results: Results): string {
  const rows = tallies(results).map(
    ({ dialect, suite, verdicts }) =>
      `| ${dialect} | ${inline(suite)} | ${VERDICTS.map((verdict) => verdicts[verdict] || "").join(" | ")} |`,
  );
  if (rows.length === 0) return "";
  const head = `| dialect | suite | ${VERDICTS.join(" | ")} |\n| --- | --- |${VERDICTS.map(() => " ---: |").join("")}`;
  return `${head}\n${rows.join("\n")}`;
}

function breachBlock({ weight, requirement, level, clause, findings, cases }: Breach): string {
  const { finding } = findings[0] as (typeof findings)[number];
  const lines = [
    `### ${weight}: ${inline(requirement)}`,
    "",
    `${level}, ${inline(clause)}`,
    "",
    inline(clip(finding.message)),
    "",
  ];
  const facts = [
    finding.expected === undefined ? "" : `expected: ${finding.expected}`,
    finding.got === undefined ? "" : `got: ${finding.got}`,
    `again: ${(cases[0] as CaseResult).rerun}`,
  ];
  lines.push(
    fence(
      facts
        .filter((fact) => fact !== "")
        .map((fact) => printable(clip(fact)))
        .join("\n"),
    ),
  );
  lines.push(
    "",
    details(
      `${cases.length} case${cases.length === 1 ? "" : "s"}`,
      cases.map(({ id }) => `- ${code(id)}`),
    ),
  );
  return lines.join("\n");
}

function reasons(title: string, cases: readonly CaseResult[]): string {
  if (cases.length === 0) return "";
  const groups = [...groupBy(cases, ({ reason }) => reason ?? "no reason given")].map(([reason, members]) =>
    details(
      `${members.length}: ${html(clip(printable(reason), 300))}`,
      members.map(({ id }) => `- ${code(id)}`),
    ),
  );
  return `### ${title}\n\n${groups.join("\n\n")}`;
}

function known(cases: readonly CaseResult[]): string {
  const lines = cases.flatMap((result) =>
    result.known === undefined ? [] : [`- ${result.verdict} ${code(result.id)}: ${inline(knownText(result.known))}`],
  );
  return lines.length === 0 ? "" : `### Known failures\n\n${lines.join("\n")}`;
}

function details(summary: string, lines: readonly string[]): string {
  return `<details><summary>${summary}</summary>\n\n${lines.join("\n")}\n\n</details>`;
}

/** Text that is no markup, on one line. */
function inline(text: string): string {
  return html(printable(text).replace(/\s+/g, " ")).replace(/[\\`*_[\]|#~]/g, "\\$&");
}

function html(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A code span or block with a fence longer than any run of backticks inside. */
function code(text: string): string {
  const body = printable(text).replace(/\s+/g, " ");
  const ticks = "`".repeat(longestTicks(body) + 1);
  return body.includes("`") ? `${ticks} ${body} ${ticks}` : `${ticks}${body}${ticks}`;
}

function fence(text: string): string {
  const ticks = "`".repeat(Math.max(3, longestTicks(text) + 1));
  return `${ticks}text\n${text}\n${ticks}`;
}

function longestTicks(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
