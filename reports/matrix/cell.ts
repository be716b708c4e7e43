/** The details of a cell: what was done, what was found, and the bytes that show it. */
import type { Cell, CellPart, CellVerdict, PairFinding, ReadableEntry } from "../../harness/matrix/results.ts";
import { command, text } from "../html/markup.ts";
import { clip, count, duration } from "../text.ts";
import { dialectOf, VERDICT_WORDS } from "./words.ts";

type Transcripts = ReadonlyMap<string, readonly ReadableEntry[]>;

export function cellTemplate(cell: Cell, index: number, transcripts: Transcripts): string {
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
${parts.map((part, place) => partBlock(part, `${index}-${place}`, transcripts)).join("\n")}
<dl><dt>again</dt><dd>${command(rerun)}</dd></dl>
</template>`;
}

function partBlock(part: CellPart, id: string, transcripts: Transcripts): string {
  const { name, title, verdict, reason, durationMs, findings, cases } = part;
  const counts = cases && Object.entries(cases).filter(([, number]) => number > 0);
  const says = counts ? counts.map(([which, number]) => `${number} ${which}`).join(", ") : title;
  const isOpen = findings.length > 0 || verdict === "no-talk" || verdict === "error" ? " open" : "";
  const body = [
    reason === undefined ? "" : `<p>${text(clip(reason))}</p>`,
    ...findings.map((finding) => findingBlock(finding, id)),
    said(part),
    transcriptBlock(part, id, transcripts),
  ].filter((block) => block !== "");
  return `<details class="part"${isOpen}><summary>${cellBadge(verdict)}<span class="id">${text(name)}</span><span class="title">${text(says)}</span><span class="time">${durationMs > 0 ? duration(durationMs) : ""}</span></summary>
<div class="body">${body.join("\n") || `<p class="soft">Nothing more to tell.</p>`}</div></details>`;
}

function cellBadge(verdict: CellVerdict): string {
  return `<span class="badge ${verdict}">${VERDICT_WORDS[verdict].words}</span>`;
}

function findingBlock(finding: PairFinding, id: string): string {
  const { end, requirement, level, clause, message, expected, got, at, known } = finding;
  const entry = at < 0 ? "" : ` · <a href="#" data-entry="${id}-${at}">entry ${at}</a>`;
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

function transcriptBlock({ transcript, pcapng }: CellPart, id: string, transcripts: Transcripts): string {
  if (transcript === undefined) return "";
  const links = [
    `<a class="id" href="${href(transcript)}">transcript</a>`,
    ...(pcapng === undefined ? [] : [`<a class="id" href="${href(pcapng)}">pcapng</a>`]),
  ].join(" · ");
  const entries = transcripts.get(transcript);
  if (!entries) return `<p class="soft">${links}</p>`;
  return `<details class="inner"><summary class="soft">On the wire: ${count(entries.length, "entry").replace("entrys", "entries")}</summary>
<ol class="wire">${entries.map((entry) => wireEntry(entry, id)).join("")}</ol></details>
<p class="soft">${links}</p>`;
}

/** Which way it went, as an arrow between client and server. */
function arrow({ from }: ReadableEntry): string {
  if (from === undefined) return '<span class="way" title="the suite">·</span>';
  return from === "client"
    ? '<span class="way" title="client to server">→</span>'
    : '<span class="way" title="server to client">←</span>';
}

function wireEntry(entry: ReadableEntry, id: string): string {
  const { at, t, kind, head, body, from } = entry;
  const line = `<span class="time">${t.toFixed(1)} ms</span>${arrow(entry)}<span class="id">${text(head)}</span>`;
  const content =
    body === undefined || body === ""
      ? `<p>${line}</p>`
      : `<details><summary>${line}</summary><pre>${text(body)}</pre></details>`;
  return `<li class="${from ?? "suite"} ${kind}" data-at="${id}-${at}">${content}</li>`;
}

/** A relative path as a URL; `./` keeps a colon in it from reading as a scheme. */
function href(path: string): string {
  return text(`./${path.split("/").map(encodeURIComponent).join("/")}`);
}
