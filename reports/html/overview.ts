import { type Results, VERDICTS } from "../../harness/run/results.ts";
import { sentence, tallies, tally } from "../counts.ts";
import { outcome } from "../outcome.ts";
import { duration } from "../text.ts";
import { className, text } from "./markup.ts";

/** Who was judged, what came of it, and the table of suites. */
export function overview(
  results: Results,
  options: { readonly strict: boolean; readonly stale: readonly string[] },
): string {
  const { target, tool, seed, startedAt, durationMs } = results;
  const { good, text: says } = outcome(results, options);
  const facts = [`${target.role} at ${target.reach}`, `${tool.name} ${tool.version}`, `seed ${seed}`, startedAt];
  return `<header class="top">
<p class="soft">NETCONF notifications over WebSocket: conformance</p>
<h1>${text(target.name)}</h1>
<p class="soft">${facts.map(text).join(" · ")} · ${duration(durationMs)}</p>
<p class="outcome${good ? " good" : ""}">${text(says)}</p>
${bar(results)}
<p class="soft">${sentence(results.summary)}</p>
</header>`;
}

function bar(results: Results): string {
  const total = results.cases.length;
  if (total === 0) return "";
  let x = 0;
  const parts = VERDICTS.map((verdict) => {
    const width = (results.summary[verdict] * 1000) / total;
    const part = `<rect class="${className(verdict)}" x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="10"/>`;
    x += width;
    return width === 0 ? "" : part;
  });
  return `<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="${sentence(results.summary)}">${parts.join("")}</svg>`;
}

/** Verdicts by dialect and suite. */
export function suiteTable(results: Results): string {
  const cell = (verdict: (typeof VERDICTS)[number], number: number) =>
    `<td class="number ${number > 0 ? className(verdict) : "soft"}">${number > 0 ? number : "·"}</td>`;
  const rows = tallies(results).map(
    ({ dialect, suite, verdicts }) =>
      `<tr><th scope="row">${dialect}</th><td>${text(suite)}</td>${VERDICTS.map((verdict) => cell(verdict, verdicts[verdict])).join("")}</tr>`,
  );
  const total = tally(results.cases);
  rows.push(
    `<tr><th scope="row">total</th><td></td>${VERDICTS.map((verdict) => cell(verdict, total[verdict])).join("")}</tr>`,
  );
  const heads = VERDICTS.map((verdict) => `<th scope="col" class="number">${verdict}</th>`).join("");
  return `<h2 id="suites">Suites</h2>
<div class="scroll"><table><thead><tr><th scope="col">dialect</th><th scope="col">suite</th>${heads}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}
