/** The matrix on a terminal: a line a cell while it runs, and what a person reads at the end. */
import type { Cell, CellVerdict, MatrixResults } from "../../harness/matrix/results.ts";
import type { Style } from "../style.ts";
import { clip, count, duration, few, printable, wrap } from "../text.ts";
import { charges } from "./charges.ts";
import { cellSentence, matrixOutcome, VERDICT_WORDS } from "./words.ts";

export function paintCell(style: Style, verdict: CellVerdict, text: string): string {
  const colors: Record<CellVerdict, (text: string) => string> = {
    talk: style.green,
    findings: style.yellow,
    "no-talk": style.red,
    unavailable: style.cyan,
    "not-common": style.gray,
    error: style.magenta,
  };
  return colors[verdict](text);
}

/** Widest of the words. */
const WIDTH = 21;

/** One line on a cell that is done. */
export function cellLine(cell: Cell, style: Style): string {
  const { id, verdict, reason, parts, durationMs, known } = cell;
  const findings = parts.flatMap(({ findings }) => findings);
  const broken = [...new Set(findings.map(({ requirement }) => requirement))];
  const detail = reason ?? (broken.length > 0 ? few(broken, 3) : "");
  const more = [detail, known === undefined ? "" : `(known: ${known})`].filter((text) => text !== "").join(" ");
  const time = durationMs > 0 ? style.dim(` ${duration(durationMs)}`) : "";
  const head = `${paintCell(style, verdict, VERDICT_WORDS[verdict].words.padEnd(WIDTH))} ${printable(id)}${time}`;
  return more === "" ? head : `${head}  ${style.dim(clip(printable(more).replace(/\s+/g, " "), 300))}`;
}

export interface MatrixConsoleOptions {
  readonly style: Style;
  readonly columns: number;
  readonly unexpected: readonly Cell[];
  readonly stale: readonly string[];
  readonly written: readonly string[];
  readonly quiet: boolean;
}

/** What a person reads at the end. */
export function matrixSummary(results: MatrixResults, options: MatrixConsoleOptions): string {
  const { style } = options;
  const { good, text } = matrixOutcome(results, options.unexpected, options.stale);
  const last = `${(good ? style.green : style.red)(style.bold(text))} ${style.dim(`(${cellSentence(results.summary)})`)}`;
  const sections = [
    options.quiet ? [] : [head(results, style)],
    section(
      options,
      "Unexpected",
      options.unexpected.map((cell) => `${cell.id}: ${whyUnexpected(cell)}`),
    ),
    options.quiet ? [] : absentSection(results, options),
    options.quiet ? [] : chargeSection(results, options),
    section(options, "Known cells that are no longer wrong (take them off the list)", options.stale),
    options.quiet || options.written.length === 0 ? [] : [`${style.dim("Reports:")} ${options.written.join(", ")}`],
    [last],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function head({ title, servers, clients, cells, durationMs }: MatrixResults, style: Style): string {
  const facts = [
    count(servers.length, "server"),
    count(clients.length, "client"),
    count(cells.length, "cell"),
    duration(durationMs),
  ];
  return `${style.bold(printable(title))}  ${style.dim(facts.join(" · "))}`;
}

function whyUnexpected({ reason, parts }: Cell): string {
  const finding = parts.flatMap(({ findings }) => findings).find(({ fails, known }) => fails && known === undefined);
  return reason ?? (finding ? `the ${finding.end} broke ${finding.requirement}: ${finding.message}` : "findings");
}

function absentSection({ servers, clients }: MatrixResults, options: MatrixConsoleOptions): string[] {
  const lines = [...servers, ...clients].flatMap(({ name, unavailable }) =>
    unavailable === undefined ? [] : [`${name}: ${unavailable}`],
  );
  return section(options, "Not available here", lines);
}

/** Rows of findings that a terminal shows; the reports have all. */
const most = 20;

function chargeSection(results: MatrixResults, options: MatrixConsoleOptions): string[] {
  const lines = charges(results).map(
    ({ peer, finding, cells }) =>
      `${peer} ${finding.requirement} ${finding.clause}: ${finding.message} (${count(cells.length, "cell")}${finding.known === undefined ? "" : ", known"})`,
  );
  const rest = lines.length - most;
  return section(options, "Findings", [
    ...lines.slice(0, most),
    ...(rest > 0 ? [`and ${rest} more, see the reports`] : []),
  ]);
}

function section({ style, columns }: MatrixConsoleOptions, title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return [
    style.bold(title),
    ...lines.flatMap((line) =>
      wrap(clip(printable(line)), columns - 4).map((part, index) => `${index === 0 ? "  " : "    "}${part}`),
    ),
  ];
}
