import { type CaseResult, type Results, VERDICTS } from "../../harness/run/results.ts";
import { duration } from "../text.ts";
import { findingBlock } from "./findings.ts";
import { anchor, badge, command, text } from "./markup.ts";

/** Every case, and the filter over them. */
export function casesSection(results: Results, transcripts: string): string {
  const { cases } = results;
  return `<h2 id="cases">Cases</h2>
${filter(cases)}
<p class="soft"><span id="shown" role="status">${cases.length} cases</span></p>
<div class="cases">
${cases.map((result) => caseBlock(result, transcripts)).join("\n")}
</div>
<p id="none" class="soft" hidden>No case matches this filter.</p>`;
}

function filter(cases: readonly CaseResult[]): string {
  const boxes = VERDICTS.filter((verdict) => cases.some((result) => result.verdict === verdict)).map(
    (verdict) => `<label><input type="checkbox" name="verdict" value="${verdict}">${badge(verdict)}</label>`,
  );
  return `<form class="filter" hidden>
<fieldset><legend>Verdicts</legend>${boxes.join("")}</fieldset>
${select(
  "dialect",
  cases.map(({ dialect }) => dialect),
)}
${select(
  "suite",
  cases.map(({ suite }) => suite),
)}
<input type="search" name="text" aria-label="Words in a case" placeholder="id, requirement, words ( / )" autocomplete="off">
<button type="reset">Clear</button>
<button type="button" id="open-all">Open or close all</button>
</form>`;
}

function select(name: string, values: readonly string[]): string {
  const options = [...new Set(values)].sort().map((value) => `<option>${text(value)}</option>`);
  return `<label>${name}<select name="${name}"><option value="">all</option>${options.join("")}</select></label>`;
}

function caseBlock(result: CaseResult, transcripts: string): string {
  const { id, verdict, title, durationMs, dialect, suite } = result;
  return `<details id="${anchor(id)}" data-verdict="${verdict}" data-dialect="${dialect}" data-suite="${text(suite)}">
<summary>${badge(verdict)}<span class="id">${text(id)}</span><span class="title">${text(title)}</span><span class="time">${duration(durationMs)}</span></summary>
<div class="body">${result.findings.map((finding) => findingBlock(finding, true)).join("")}
<dl>${facts(result, transcripts)
    .map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`)
    .join("")}</dl></div>
</details>`;
}

/** Names and values (markup) below the findings of a case. */
function facts(result: CaseResult, transcripts: string): [string, string][] {
  const { reason, known, requirements, transcript, rerun } = result;
  return [
    ...(reason === undefined ? [] : ([["reason", text(reason)]] as [string, string][])),
    ...(known === undefined ? [] : ([["known", knownMarkup(known)]] as [string, string][])),
    ["covers", requirements.map((id) => `<span class="id">${text(id)}</span>`).join(", ") || "–"],
    ...(transcript === undefined
      ? []
      : ([["transcript", `<a class="id" href="${href(transcripts + transcript)}">${text(transcript)}</a>`]] as [
          string,
          string,
        ][])),
    ["again", command(rerun)],
  ];
}

function knownMarkup({ reason, issue, since }: NonNullable<CaseResult["known"]>): string {
  const link =
    issue !== undefined && /^https?:\/\//.test(issue)
      ? `<a href="${text(issue)}" rel="noreferrer">${text(issue)}</a>`
      : text(issue ?? "");
  return [text(reason), link, since === undefined ? "" : `since ${text(since)}`]
    .filter((part) => part !== "")
    .join(", ");
}

/** A relative path as a URL; `./` keeps a colon in it from reading as a scheme. */
function href(path: string): string {
  return text(`./${path.split("/").map(encodeURIComponent).join("/")}`);
}
