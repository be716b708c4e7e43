import type { Results } from "../../harness/run/results.ts";
import { badge, text } from "./markup.ts";

/** Each requirement that was touched, with its verdict. */
export function requirementTable({ requirements }: Results): string {
  if (requirements.length === 0) return "";
  const rows = requirements.map(
    ({ id, level, basis, source, verdict, cases }) =>
      `<tr data-verdict="${verdict}"><th scope="row" class="id">${text(id)}</th><td>${badge(verdict)}</td><td>${level}</td><td>${text(source)}</td><td>${basis}</td><td class="number">${cases.length}</td></tr>`,
  );
  const heads = ["requirement", "verdict", "level", "source", "basis"].map((name) => `<th scope="col">${name}</th>`);
  return `<h2>Requirements</h2>
<p class="soft">A policy requirement is this suite's own default and fails no target unless asked to.</p>
<div class="scroll"><table id="requirements"><thead><tr>${heads.join("")}<th scope="col" class="number">cases</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}
