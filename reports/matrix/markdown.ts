/** The matrix as Markdown, for a job page or a wiki. */
import { CELL_VERDICTS, type Cell, type MatrixResults, type Peer } from "../../harness/matrix/results.ts";
import { clip, duration, few, printable } from "../text.ts";
import { charges } from "./charges.ts";
import { cellSentence, VERDICT_WORDS } from "./words.ts";

/** Signs of the dialects of a cell, in this order. */
const ORDER = ["rfc6455", "hybi-06", "hybi-00"];

/** Tables (GitHub-flavoured): who talks to whom, who is not there, who broke what, and why some do not talk. */
export function matrixMarkdown(results: MatrixResults): string {
  const { title, tool, durationMs, summary, complete, reason } = results;
  const sections = [
    `## ${inline(title)}`,
    complete ? "" : `**Incomplete: ${inline(reason ?? "cut short")}**`,
    `${cellSentence(summary)} (${tool.name} ${tool.version}, ${duration(durationMs)})`,
    table(results),
    legend(),
    absent([...results.servers, ...results.clients]),
    refusals(results.cells),
    chargeTable(results),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function table({ servers, clients, cells }: MatrixResults): string {
  const hasSuite = (side: "server" | "client") => cells.some((cell) => cell.kind === "suite" && cell[side] === "suite");
  const columns = [...(hasSuite("client") ? ["suite"] : []), ...clients.map(({ name }) => name)];
  const rows = [...(hasSuite("server") ? ["suite"] : []), ...servers.map(({ name }) => name)];
  const head = `| server | ${columns.map(inline).join(" | ")} |\n| --- |${columns.map(() => " :-: |").join("")}`;
  const lines = rows.map((server) => {
    const signs = columns.map((client) =>
      signsOf(cells.filter((cell) => cell.server === server && cell.client === client)),
    );
    return `| ${inline(server)} | ${signs.join(" | ")} |`;
  });
  return [head, ...lines].join("\n");
}

/** `✓ 06✓`: the sign alone for RFC 6455, with the dialect's number for the others. */
function signsOf(cells: readonly Cell[]): string {
  return [...cells]
    .sort((a, b) => ORDER.indexOf(a.dialect ?? "") - ORDER.indexOf(b.dialect ?? ""))
    .map(
      ({ dialect, verdict }) =>
        `${dialect?.startsWith("hybi-") ? dialect.slice(-2) : ""}${VERDICT_WORDS[verdict].sign}`,
    )
    .join(" ");
}

function legend(): string {
  const signs = CELL_VERDICTS.map((verdict) => `${VERDICT_WORDS[verdict].sign} ${VERDICT_WORDS[verdict].words}`);
  return `${signs.join(" · ")}. A sign alone is RFC 6455; 06 and 00 are the hybi drafts.`;
}

function absent(peers: readonly Peer[]): string {
  const lines = peers.flatMap(({ name, role, unavailable }) =>
    unavailable === undefined ? [] : [`- ${inline(name)} (${role}): ${inline(unavailable)}`],
  );
  return lines.length === 0 ? "" : `### Not available here\n\n${lines.join("\n")}`;
}

function refusals(cells: readonly Cell[]): string {
  const lines = cells
    .filter(({ verdict, reason }) => reason !== undefined && ["no-talk", "findings", "error"].includes(verdict))
    .map(
      ({ id, reason, known }) =>
        `- ${inline(id)}: ${inline(clip(reason ?? "", 300))}${known ? ` (known: ${inline(known)})` : ""}`,
    );
  return lines.length === 0 ? "" : `### What was not done, and why\n\n${lines.join("\n")}`;
}

function chargeTable(results: MatrixResults): string {
  const rows = charges(results).map(({ peer, finding, cells }) => {
    const { requirement, level, clause, message, known, end } = finding;
    const seen = few(cells, 2);
    const text = `${clip(message, 160)}${known === undefined ? "" : ` (known: ${known})`}`;
    return `| ${[`${peer} (${end})`, requirement, level, clause, text, seen].map(inline).join(" | ")} |`;
  });
  if (rows.length === 0) return "";
  return `### Findings\n\n| who | requirement | level | clause | finding | seen in |\n| --- | --- | --- | --- | --- | --- |\n${rows.join("\n")}`;
}

/** Text that is no markup, on one line. */
function inline(text: string): string {
  return printable(text)
    .replace(/\s+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_[\]|#~]/g, "\\$&");
}
