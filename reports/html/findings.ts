import type { Finding } from "../../harness/judge/types.ts";
import type { CaseResult, Results } from "../../harness/run/results.ts";
import { type Breach, breaches } from "../breaches.ts";
import { clip, count, groupBy } from "../text.ts";
import { command, fragment, text } from "./markup.ts";

/** Cases named before the rest is folded away. */
const FIRST = 4;

/** Broken requirements, what fails first. */
export function findingsSection(results: Results): string {
  const groups = breaches(
    results,
    results.cases.filter(({ known }) => known === undefined),
  );
  if (groups.length === 0) return "";
  return `<h2 id="findings">Findings by requirement</h2>\n${groups.map(card).join("\n")}`;
}

function card({ weight, requirement, level, clause, findings, cases }: Breach): string {
  const kinds = [...groupBy(findings, ({ finding }) => finding.message).values()];
  const blocks = kinds.slice(0, 3).map((kind) => findingBlock((kind[0] as (typeof kind)[number]).finding));
  const others = kinds.length - blocks.length;
  const first = cases[0] as CaseResult;
  return `<article class="card ${weight}">
<h3>${weight}: <span class="id">${text(requirement)}</span></h3>
<p class="soft">${level} · ${text(clause)}</p>
${blocks.join("\n")}
${others > 0 ? `<p class="soft">and ${count(others, "other message")}, see the cases</p>` : ""}
<dl><dt>cases</dt><dd>${links(cases)}</dd><dt>again</dt><dd>${command(first.rerun)}</dd></dl>
</article>`;
}

function links(cases: readonly CaseResult[]): string {
  const link = ({ id }: CaseResult) => `<a class="id" href="${fragment(id)}">${text(id)}</a>`;
  const head = cases.slice(0, FIRST).map(link).join("<br>");
  const rest = cases.slice(FIRST).map(link);
  if (rest.length === 0) return head;
  return `${head}<details><summary class="soft">${rest.length} more</summary>${rest.join("<br>")}</details>`;
}

/** One finding: message, what was expected, what came. */
export function findingBlock(finding: Finding, withRequirement = false): string {
  const head = withRequirement
    ? `<p><strong class="id">${text(finding.requirement)}</strong> <span class="soft">${finding.level} · ${text(finding.clause)} · entry ${finding.at}</span></p>`
    : "";
  const fields = [
    finding.expected === undefined ? "" : `<dt>expected</dt><dd><pre>${text(clip(finding.expected))}</pre></dd>`,
    finding.got === undefined ? "" : `<dt>got</dt><dd><pre>${text(clip(finding.got))}</pre></dd>`,
  ].join("");
  return `<div class="finding">${head}<p>${text(clip(finding.message))}</p>${fields === "" ? "" : `<dl>${fields}</dl>`}</div>`;
}
