import type { Verdict } from "../harness/judge/types.ts";
import { type CaseResult, isUnexpected, type Results, VERDICTS } from "../harness/run/results.ts";
import { type Breach, breaches } from "./breaches.ts";
import { sentence, tallies, tally } from "./counts.ts";
import { outcome } from "./outcome.ts";
import { paint, type Style, styleFor } from "./style.ts";
import { clip, count, duration, few, groupBy, printable, wrap } from "./text.ts";

export interface ConsoleOptions {
  readonly color: boolean;
  /** Width of the terminal. */
  readonly columns: number;
  readonly strict: boolean;
  /** Only what is unexpected, and the last line. */
  readonly quiet: boolean;
  /** Every case of every group. */
  readonly verbose: boolean;
  /** Known-failure entries that no longer fail. */
  readonly stale: readonly string[];
  /** Reports that were written. */
  readonly written: readonly string[];
  /** Folder that holds the transcripts, as it is put before their paths. */
  readonly folder?: string;
}

interface Page extends ConsoleOptions {
  readonly results: Results;
  readonly style: Style;
}

/** What a person reads at the end of a run. */
export function consoleSummary(results: Results, options: ConsoleOptions): string {
  const page: Page = { ...options, results, style: styleFor(options.color) };
  const sections = options.quiet
    ? [breachSection(page), errorSection(page), staleSection(page)]
    : [
        headSection(page),
        countSection(page),
        breachSection(page),
        reasonSection(page, "inconc", "Inconclusive (claimed, but could not be provoked or observed)"),
        reasonSection(page, "n/a", "Not applicable (not claimed by the target)"),
        errorSection(page),
        knownSection(page),
        staleSection(page),
        writtenSection(page),
      ];
  const lines = [...sections, [outcomeLine(page)]].filter((section) => section.length > 0);
  return `${lines.map((section) => section.join("\n")).join("\n\n")}\n`;
}

function headSection({ results, style }: Page): string[] {
  const { tool, target, seed, durationMs } = results;
  const facts = [
    `${tool.name} ${tool.version}`,
    `${target.role} at ${target.reach}`,
    `seed ${seed}`,
    duration(durationMs),
  ];
  const lines = [`${style.bold(printable(target.name))}  ${style.dim(printable(facts.join(" · ")))}`];
  if (!results.complete) lines.push(style.red(`Incomplete: ${printable(results.reason ?? "the run was cut short")}`));
  return lines;
}

function countSection({ results, style }: Page): string[] {
  const rows = tallies(results);
  if (rows.length === 0) return [];
  const suiteWidth = Math.max(5, ...rows.map(({ suite }) => suite.length));
  const line = (dialect: string, suite: string, verdicts: Readonly<Record<Verdict, number>>) =>
    `  ${dialect.padEnd(8)} ${suite.padEnd(suiteWidth)}${VERDICTS.map((verdict) => {
      const number = verdicts[verdict];
      return number === 0 ? style.dim("·".padStart(8)) : paint(style, verdict, String(number).padStart(8));
    }).join("")}`;
  const head = `  ${"dialect".padEnd(8)} ${"suite".padEnd(suiteWidth)}${VERDICTS.map((verdict) => verdict.padStart(8)).join("")}`;
  let above = "";
  const body = rows.map(({ dialect, suite, verdicts }) => {
    const shown = dialect === above ? "" : dialect;
    above = dialect;
    return line(shown, suite, verdicts);
  });
  return [style.dim(head), ...body, line("total", "", tally(results.cases))];
}

function breachSection(page: Page): string[] {
  const unlisted = page.results.cases.filter(({ known }) => known === undefined);
  const groups = breaches(page.results, unlisted).filter(
    ({ cases }) => !page.quiet || cases.some((result) => isUnexpected(result, page.strict)),
  );
  return groups.flatMap((group, index) => [...(index > 0 ? [""] : []), ...breachLines(page, group)]);
}

function breachLines(page: Page, group: Breach): string[] {
  const { style } = page;
  const tint = { fail: style.red, warn: style.yellow, note: style.dim }[group.weight];
  const head = `${tint(style.bold(group.weight.toUpperCase()))}  ${style.bold(group.requirement)}  ${group.level} · ${group.clause}`;
  const kinds = [...groupBy(group.findings, ({ finding }) => finding.message).values()];
  const shown = page.verbose ? kinds : kinds.slice(0, 2);
  const lines = [head];
  for (const findings of shown) {
    const { finding, result } = findings[0] as (typeof findings)[number];
    lines.push(...wrap(clip(printable(finding.message)), page.columns - 2).map((line) => `  ${line}`));
    if (finding.expected !== undefined) lines.push(...field(page, "expected", finding.expected));
    if (finding.got !== undefined) lines.push(...field(page, "got", finding.got));
    if (result.transcript !== undefined)
      lines.push(...field(page, "seen", `entry ${finding.at} of ${path(page, result.transcript)}`));
  }
  const others = kinds.length - shown.length;
  if (others > 0) lines.push(...field(page, "more", `${count(others, "other message")} (--verbose shows all)`));
  const first = group.cases[0] as CaseResult;
  lines.push(
    ...field(
      page,
      "cases",
      few(
        group.cases.map(({ id }) => id),
        page.verbose ? Number.POSITIVE_INFINITY : 3,
      ),
    ),
  );
  lines.push(`    ${style.dim("again".padEnd(10))}${style.cyan(first.rerun)}`);
  return lines;
}

/** A named field of a finding, its text wrapped beside the name. */
function field({ columns, style }: Page, name: string, text: string): string[] {
  const lines = wrap(clip(printable(text)), columns - 14);
  return lines.map((line, index) => `    ${style.dim((index === 0 ? name : "").padEnd(10))}${line}`);
}

function path({ folder }: Page, transcript: string): string {
  return folder === undefined || folder === "" ? transcript : `${folder.replace(/\/$/, "")}/${transcript}`;
}

function reasonSection(page: Page, verdict: Verdict, title: string): string[] {
  const cases = page.results.cases.filter((result) => result.verdict === verdict && result.known === undefined);
  if (cases.length === 0) return [];
  const groups = [...groupBy(cases, ({ reason }) => reason ?? "no reason given")].sort(
    (a, b) => b[1].length - a[1].length,
  );
  const most = page.verbose ? Number.POSITIVE_INFINITY : 3;
  const lines = groups.flatMap(([reason, members]) => [
    ...wrap(`${count(members.length, "case")}: ${clip(printable(reason), 300)}`, page.columns - 2).map(
      (line) => `  ${line}`,
    ),
    ...wrap(
      few(
        members.map(({ id }) => id),
        most,
      ),
      page.columns - 4,
    ).map((line) => page.style.dim(`    ${line}`)),
  ]);
  return [paint(page.style, verdict, title), ...lines];
}

function errorSection(page: Page): string[] {
  const cases = page.results.cases.filter(({ verdict }) => verdict === "error");
  if (cases.length === 0) return [];
  const shown = page.verbose ? cases : cases.slice(0, 10);
  const rest = cases.length - shown.length;
  return [
    page.style.magenta("Errors of the harness or its environment (they say nothing about the target)"),
    ...shown.flatMap((result) => [
      `  ${result.id}`,
      ...wrap(clip(printable(result.reason ?? "no reason given")), page.columns - 4).map((line) => `    ${line}`),
      page.style.cyan(`    ${result.rerun}`),
    ]),
    ...(rest > 0 ? [`  and ${rest} more (--verbose shows all)`] : []),
  ];
}

function knownSection({ results, style, columns }: Page): string[] {
  const cases = results.cases.filter(({ known, verdict }) => known !== undefined && verdict !== "pass");
  if (cases.length === 0) return [];
  const lines = cases.flatMap(({ id, verdict, known }) => {
    const facts = [known?.reason ?? "", known?.issue, known?.since && `since ${known.since}`]
      .filter(Boolean)
      .join(", ");
    return wrap(`${verdict.padEnd(6)} ${id}: ${printable(facts)}`, columns - 2).map((line) => `  ${line}`);
  });
  return [style.dim("Known failures"), ...lines];
}

function staleSection({ stale, style }: Page): string[] {
  if (stale.length === 0) return [];
  return [
    style.yellow("Known failures that no longer fail (take them off the list)"),
    ...stale.map((name) => `  ${name}`),
  ];
}

function writtenSection({ written, style }: Page): string[] {
  return written.length === 0 ? [] : [`${style.dim("Reports:")} ${written.join(", ")}`];
}

function outcomeLine({ results, strict, stale, style }: Page): string {
  const { good, text } = outcome(results, { strict, stale });
  return `${(good ? style.green : style.red)(style.bold(text))} ${style.dim(`(${sentence(results.summary)})`)}`;
}
