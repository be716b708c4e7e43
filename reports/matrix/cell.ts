/** The details of a cell: what was done, what was found, and the bytes that show it. */
import type { Cell, CellPart, CellVerdict, PairFinding } from "../../harness/matrix/results.ts";
import { command, text } from "../html/markup.ts";
import { clip, duration } from "../text.ts";
import { dialectOf, VERDICT_WORDS } from "./words.ts";

/** Where a transcript lies among those of the page, by its path. */
export type Places = ReadonlyMap<string, number>;

export function cellTemplate(cell: Cell, index: number, places: Places): string {
  const { server, client, verdict, reason, known, parts, durationMs, rerun, kind } = cell;
  const facts = [
    dialectOf(cell),
    kind === "suite" ? "suite" : "pair, judged from the wire",
    ...(durationMs > 0 ? [duration(durationMs)] : []),
  ];
  const tone = verdict === "talk" ? " good" : verdict === "no-talk" || verdict === "error" ? "" : " mild";
  return `<template id="cell-${index}">
<form method="dialog" class="bar-top"><div><h2 id="details-title">${text(server)} <span class="soft">×</span> ${text(client)}</h2>
<p class="soft">${facts.map(text).join(" · ")}</p></div><button aria-label="Close">✕</button></form>
<p class="outcome${tone}">${text(VERDICT_WORDS[verdict].words)}${reason === undefined ? "" : `: <span class="plain">${text(clip(reason))}</span>`}</p>
${known === undefined ? "" : `<p class="soft">known: ${text(known)}</p>`}
${parts.map((part, place) => partBlock(part, `${index}-${place}`, places)).join("\n")}
<dl><dt>again</dt><dd>${command(rerun)}</dd></dl>
</template>`;
}

function partBlock(part: CellPart, id: string, places: Places): string {
  const { name, title, verdict, reason, durationMs, findings, cases } = part;
  const counts = cases && Object.entries(cases).filter(([, number]) => number > 0);
  const says = counts ? counts.map(([which, number]) => `${number} ${which}`).join(", ") : title;
  const isOpen = findings.length > 0 || verdict === "no-talk" || verdict === "error" ? " open" : "";
  const body = [
    reason === undefined ? "" : `<p>${text(clip(reason))}</p>`,
    ...findings.map((finding) => findingBlock(finding, id, part.transcript !== undefined)),
    said(part),
    transcriptBlock(part, id, places),
  ].filter((block) => block !== "");
  return `<details class="part"${isOpen}><summary>${cellBadge(verdict)}<span class="id">${text(name)}</span><span class="title">${text(says)}</span><span class="time">${durationMs > 0 ? duration(durationMs) : ""}</span></summary>
<div class="body">${body.join("\n") || `<p class="soft">Nothing more to tell.</p>`}</div></details>`;
}

function cellBadge(verdict: CellVerdict): string {
  return `<span class="badge ${verdict}">${VERDICT_WORDS[verdict].words}</span>`;
}

function findingBlock(finding: PairFinding, id: string, hasWire: boolean): string {
  const { end, requirement, level, clause, message, expected, got, at, known } = finding;
  const entry = at < 0 || !hasWire ? "" : ` · <a href="#" data-entry="${id}-${at}">entry ${at}</a>`;
  const field = (name: string, value: string | undefined) =>
    value === undefined ? "" : `<dt>${name}</dt><dd><pre>${text(clip(value))}</pre></dd>`;
  const fields = `${field("expected", expected)}${field("got", got)}${known === undefined ? "" : `<dt>known</dt><dd>${text(known)}</dd>`}`;
  return `<div class="finding"><p><span class="end ${end}">${end}</span> <strong class="id">${text(requirement)}</strong> <span class="soft">${level} · ${text(clause)}${entry}</span></p>
<p>${text(clip(message))}</p>${fields === "" ? "" : `<dl>${fields}</dl>`}</div>`;
}

function said({ said = [] }: CellPart): string {
  if (said.length === 0) return "";
  const lines = said.map((line) => text(clip(line, 400))).join("\n");
  return `<details class="inner"><summary class="soft">What the client itself reported (${said.length})</summary><pre>${lines}</pre></details>`;
}

/** Where the page's script puts what went over the wire, which lies compressed in the page. */
function transcriptBlock({ transcript, pcapng }: CellPart, id: string, places: Places): string {
  if (transcript === undefined) return "";
  const links = [
    `<a class="id" href="${href(transcript)}">transcript</a>`,
    ...(pcapng === undefined ? [] : [`<a class="id" href="${href(pcapng)}">pcapng</a>`]),
  ].join(" · ");
  const place = places.get(transcript);
  const wire = place === undefined ? "" : `<details class="inner" data-wire="${place}" data-id="${id}"></details>\n`;
  return `${wire}<p class="soft">${links}</p>`;
}

/** A relative path as a URL; `./` keeps a colon in it from reading as a scheme. */
function href(path: string): string {
  return text(`./${path.split("/").map(encodeURIComponent).join("/")}`);
}
