/** The matrix as one self-contained page. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  CELL_VERDICTS,
  type Cell,
  type MatrixResults,
  type Peer,
  type ReadableEntry,
} from "../../harness/matrix/results.ts";
import { text } from "../html/markup.ts";
import { STYLE } from "../html/style.ts";
import { clip, count, duration, printable } from "../text.ts";
import { cellTemplate } from "./cell.ts";
import { charges } from "./charges.ts";
import { grid } from "./grid.ts";
import { MATRIX_SCRIPT } from "./script.ts";
import { MATRIX_STYLE } from "./style.ts";
import { cellSentence, matrixOutcome, VERDICT_WORDS } from "./words.ts";

export interface MatrixPageOptions {
  /** Cells that nothing explains, and known ones that are no longer wrong. */
  readonly unexpected: readonly Cell[];
  readonly stale: readonly string[];
  /** What is in a transcript file, by its path in the results; absent: the page only links it. */
  readonly transcripts: ReadonlyMap<string, readonly ReadableEntry[]>;
}

/**
 * It asks nothing of any other host, and its policy forbids any script or style but its own, since much of its text was
 * written by the peers. Each cell's details lie in a template, which costs nothing until it is opened.
 */
export function matrixHtml(results: MatrixResults, options: MatrixPageOptions): string {
  const style = STYLE + MATRIX_STYLE;
  const places = new Map([...options.transcripts.keys()].map((path, place) => [path, place]));
  const policy = `default-src 'none'; script-src '${hash(MATRIX_SCRIPT)}'; style-src '${hash(style)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${text(results.title)}: ncwspec</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#matrix">To the matrix</a>
${header(results, options)}
<main>
${filter(results)}
${grid(results)}
${absent([...results.servers, ...results.clients])}
${chargeSection(results)}
</main>
<footer>Written by ncwspec ${text(results.tool.version)} from a file of schema ${text(results.schema)}.</footer>
<dialog id="details" aria-labelledby="details-title"></dialog>
${results.cells.map((cell, index) => cellTemplate(cell, index, places)).join("\n")}
<script type="application/gzip" id="wire">${packed([...options.transcripts.values()])}</script>
<script>${MATRIX_SCRIPT}</script>
</body>
</html>
`;
}

/** Transcripts as people read them, all alike and therefore small when compressed: base64 of gzip of JSON. */
function packed(transcripts: readonly (readonly ReadableEntry[])[]): string {
  const short = transcripts.map((entries) =>
    entries.map(({ at, t, from, kind, head, body }) => [
      at,
      t,
      from ?? "",
      kind,
      printable(head),
      printable(body ?? ""),
    ]),
  );
  return gzipSync(JSON.stringify(short), { level: 9 }).toString("base64");
}

function hash(source: string): string {
  return `sha256-${createHash("sha256").update(source).digest("base64")}`;
}

function header(results: MatrixResults, { unexpected, stale }: MatrixPageOptions): string {
  const { title, servers, clients, cells, startedAt, durationMs, tool, file } = results;
  const { good, text: says } = matrixOutcome(results, unexpected, stale);
  const facts = [
    `${count(servers.length, "server")}, ${count(clients.length, "client")}, ${count(cells.length, "cell")}`,
    file,
    `${tool.name} ${tool.version}`,
    startedAt,
    duration(durationMs),
  ];
  return `<header class="top">
<p class="soft">NETCONF notifications over WebSocket: who talks to whom</p>
<h1>${text(title)}</h1>
<p class="soft">${facts.map(text).join(" · ")}</p>
<p class="outcome${good ? " good" : ""}">${text(says)}</p>
${bar(results)}
<p class="soft">${text(cellSentence(results.summary))}</p>
</header>`;
}

function bar({ summary, cells }: MatrixResults): string {
  if (cells.length === 0) return "";
  let x = 0;
  const parts = CELL_VERDICTS.map((verdict) => {
    const width = (summary[verdict] * 1000) / cells.length;
    const part = `<rect class="${verdict}" x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="10"/>`;
    x += width;
    return width === 0 ? "" : part;
  });
  return `<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="${text(cellSentence(summary))}">${parts.join("")}</svg>`;
}

function filter({ cells, dialects, summary }: MatrixResults): string {
  const areas = [...new Set(cells.flatMap(({ parts }) => parts.map(({ area }) => area)))].sort();
  const select = (name: string, values: readonly string[]) =>
    `<label>${name}<select name="${name}"><option value="">all</option>${values.map((value) => `<option>${text(value)}</option>`).join("")}</select></label>`;
  const boxes = CELL_VERDICTS.filter((verdict) => summary[verdict] > 0).map(
    (verdict) =>
      `<label class="chip"><input type="checkbox" name="verdict" value="${verdict}"><span class="sign ${verdict}" aria-hidden="true">${VERDICT_WORDS[verdict].sign}</span>${VERDICT_WORDS[verdict].words} <span class="soft">${summary[verdict]}</span></label>`,
  );
  return `<form class="filter" id="matrix" hidden>
<fieldset><legend>Verdicts</legend>${boxes.join("")}</fieldset>
${select("dialect", [...dialects].reverse())}
${select("area", areas)}
<button type="reset">Clear</button>
<p class="soft" id="shown" role="status">${count(cells.length, "cell")}</p>
</form>
<noscript><p class="soft">The filter and the details of a cell need the page's own script; matrix.json and matrix.md hold the same.</p></noscript>`;
}

function absent(peers: readonly Peer[]): string {
  const rows = peers.flatMap(({ name, role, unavailable }) =>
    unavailable === undefined
      ? []
      : [`<tr><th scope="row">${text(name)}</th><td>${role}</td><td>${text(unavailable)}</td></tr>`],
  );
  if (rows.length === 0) return "";
  return `<h2>Not available here</h2>
<div class="scroll"><table><thead><tr><th scope="col">peer</th><th scope="col">role</th><th scope="col">why</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}

/** Cells named in a row before the rest is only counted. */
const FIRST = 3;

function chargeSection(results: MatrixResults): string {
  const index = new Map(results.cells.map(({ id }, place) => [id, place]));
  const rows = charges(results).map(({ peer, finding, cells }) => {
    const { requirement, level, clause, message, known, end, fails } = finding;
    const links = cells
      .slice(0, FIRST)
      .map((id) => `<a class="id" href="#" data-open="${index.get(id)}">${text(id)}</a>`);
    const rest = cells.length - links.length;
    const weight = known === undefined ? (fails ? "no-talk" : "findings") : "unavailable";
    const note = known === undefined ? "" : `<br><span class="soft">known: ${text(clip(known, 200))}</span>`;
    return `<tr><th scope="row">${text(peer)} <span class="soft">${end}</span></th><td class="id ink-${weight}">${text(requirement)}</td><td>${level}</td><td>${text(clause)}</td><td>${text(clip(message, 240))}${note}</td><td>${links.join("<br>")}${rest > 0 ? `<br><span class="soft">and ${rest} more</span>` : ""}</td></tr>`;
  });
  if (rows.length === 0) return "";
  const heads = ["who", "requirement", "level", "clause", "finding", "seen in"].map(
    (name) => `<th scope="col">${name}</th>`,
  );
  return `<h2>Findings</h2>
<p class="soft">What either end broke, seen on the wire; those that bind first, those that are known last.</p>
<div class="scroll"><table class="charges"><thead><tr>${heads.join("")}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}
