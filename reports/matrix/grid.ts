/** The table of a matrix: servers down, clients across, a column for each dialect that a client has. */
import {
  CELL_VERDICTS,
  type Cell,
  type CellVerdict,
  type MatrixResults,
  type Peer,
  SUITE,
} from "../../harness/matrix/results.ts";
import type { DialectName } from "../../harness/wire/types.ts";
import { text } from "../html/markup.ts";
import { count } from "../text.ts";
import { dialectOf, VERDICT_WORDS } from "./words.ts";

interface Column {
  readonly name: string;
  readonly peer?: Peer;
  /** Those that some cell of the column has; none where no cell has one. */
  readonly dialects: readonly (DialectName | undefined)[];
}

export function grid(results: MatrixResults): string {
  const { servers, clients, cells } = results;
  const columns = columnsOf(results);
  const rows = [
    ...(cells.some(({ kind, server }) => kind === "suite" && server === SUITE) ? [undefined] : []),
    ...servers,
  ].map((peer) => row(peer, columns, results));
  const heads = columns.map(
    ({ name, peer, dialects }) =>
      `<th scope="colgroup" colspan="${dialects.length}" class="name${peer?.unavailable === undefined ? "" : " absent"}"><span title="${text(titleOf(name, peer))}">${text(name)}</span></th>`,
  );
  const subheads = columns.flatMap(({ dialects }) =>
    dialects.map(
      (dialect, index) =>
        `<th scope="col" class="dialect${index === 0 ? " first" : ""}" data-dialect="${dialect ?? ""}"><abbr title="${dialect ?? "no common dialect"}">${shortOf(dialect)}</abbr></th>`,
    ),
  );
  const signs = CELL_VERDICTS.map((verdict) => `${verdict}=${VERDICT_WORDS[verdict].sign}`).join(" ");
  return `<div class="scroll grid" role="region" aria-label="Matrix" tabindex="-1"><table id="grid" data-signs="${signs}">
<caption class="soft">${count(servers.length, "server")} down, ${count(clients.length, "client")} across. Arrow keys move, Enter opens, Escape closes.</caption>
<thead><tr><td rowspan="2" class="corner"><span>server</span> <span>client</span></td>${heads.join("")}</tr>
<tr>${subheads.join("")}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}

function columnsOf({ clients, cells, dialects }: MatrixResults): Column[] {
  const newest = [...dialects].reverse();
  const column = (name: string, peer?: Peer): Column => {
    const own = cells.filter(({ client }) => client === name);
    const used = newest.filter((dialect) => own.some((cell) => cell.dialect === dialect));
    return { name, ...(peer && { peer }), dialects: used.length > 0 ? used : [undefined] };
  };
  const suite = cells.some(({ kind, client }) => kind === "suite" && client === SUITE) ? [column(SUITE)] : [];
  return [...suite, ...clients.map((client) => column(client.name, client))];
}

function shortOf(dialect: DialectName | undefined): string {
  if (dialect === undefined) return "–";
  return dialect === "rfc6455" ? "6455" : dialect.slice("hybi-".length);
}

function titleOf(name: string, peer: Peer | undefined): string {
  if (!peer) return "the suite itself: each target judged case by case";
  const { version, dialects, reach, unavailable } = peer;
  const facts = [version, dialects?.join(", "), reach, unavailable].filter((fact) => fact !== undefined);
  return [name, ...facts].join(" · ");
}

function row(peer: Peer | undefined, columns: readonly Column[], { cells }: MatrixResults): string {
  const name = peer?.name ?? SUITE;
  const own = cells.map((cell, index) => ({ cell, index })).filter(({ cell }) => cell.server === name);
  const data = columns.map(({ name: client, dialects }, column) => {
    const met = own.filter(({ cell }) => cell.client === client);
    const undivided = met.find(({ cell }) => cell.dialect === undefined);
    if (undivided)
      return `<td class="first" colspan="${dialects.length}" data-span data-column="${column}">${button(undivided.cell, undivided.index)}</td>`;
    return dialects
      .map((dialect, place) => {
        const found = met.find(({ cell }) => cell.dialect === dialect);
        return `<td${place === 0 ? ' class="first"' : ""} data-dialect="${dialect ?? ""}">${found ? button(found.cell, found.index) : ""}</td>`;
      })
      .join("");
  });
  const absent = peer?.unavailable === undefined ? "" : ' class="absent"';
  const version = peer?.version === undefined ? "" : ` <span class="soft">${text(peer.version)}</span>`;
  return `<tr><th scope="row"${absent} title="${text(titleOf(name, peer))}">${text(name)}${version}</th>${data.join("")}</tr>`;
}

function button(cell: Cell, index: number): string {
  const { verdict, server, client, parts, dialect } = cell;
  const findings = parts.reduce((sum, part) => sum + part.findings.length, 0);
  const says = `${server} × ${client}, ${dialectOf(cell)}: ${VERDICT_WORDS[verdict].words}${findings > 0 ? `, ${count(findings, "finding")}` : ""}`;
  const areas = Object.entries(areasOf(cell)).map(([area, worst]) => `${area}=${worst}`);
  return `<button type="button" class="cell ${verdict}" tabindex="-1" data-cell="${index}" data-id="${text(cell.id)}" data-verdict="${verdict}" data-dialect="${dialect ?? ""}" data-areas="${text(areas.join(" "))}" aria-label="${text(says)}" title="${text(says)}">${VERDICT_WORDS[verdict].sign}</button>`;
}

/** From bad to good. */
const WORST: readonly CellVerdict[] = ["error", "no-talk", "findings", "talk", "unavailable", "not-common"];

/** The worst of its parts in each area. */
function areasOf({ parts }: Cell): Record<string, CellVerdict> {
  const areas: Record<string, CellVerdict> = {};
  for (const { area, verdict } of parts) {
    const known = areas[area];
    if (known === undefined || WORST.indexOf(verdict) < WORST.indexOf(known)) areas[area] = verdict;
  }
  return areas;
}
