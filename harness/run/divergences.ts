/** Who of the independent targets does what otherwise than the documents: one table a document, in Markdown. */
import type { Requirement } from "../judge/types.ts";
import type { KnownEntry } from "./known.ts";

const documents = [
  ["H00-", "hybi-00"],
  ["H06-", "hybi-06"],
  ["WS-", "RFC 6455"],
  ["IID-", "The binding of NETCONF to WebSocket"],
  ["NC-", "NETCONF"],
  ["NTF-", "Notifications"],
] as const;

const columns = "| requirement | level | rule, clause | who does what |\n| --- | --- | --- | --- |";

/**
 * @param known the known failures of each target, by its name
 * @param requirements the catalogue
 */
export function divergences(
  known: ReadonlyMap<string, readonly KnownEntry[]>,
  requirements: readonly Requirement[],
): string {
  const sections = documents.map(([prefix, title]) => {
    const rows = requirements
      .filter(({ id }) => id.startsWith(prefix))
      .map((requirement) => ({ requirement, who: whoDoes(known, ({ requirement: id }) => id === requirement.id) }))
      .filter(({ who }) => who !== "");
    return rows.length === 0 ? "" : `## ${title}\n\n${columns}\n${rows.map(row).join("")}`;
  });
  return [...sections, unjudged(known)].filter((section) => section !== "").join("\n");
}

function row({ requirement, who }: { requirement: Requirement; who: string }): string {
  const { id, level, basis, statement, source } = requirement;
  const cells = [id, basis === "normative" ? level : `${level}, ${basis}`, `${statement} ${source}`, who];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
}

/** `**a, b**: reason; **c**: another`: targets with the same reason stand together. */
function whoDoes(known: ReadonlyMap<string, readonly KnownEntry[]>, wanted: (entry: KnownEntry) => boolean): string {
  const byReason = new Map<string, Set<string>>();
  for (const [target, entries] of known) {
    for (const entry of entries.filter(wanted)) {
      const reason = entry.sometimes ? `${entry.reason} (not in every run)` : entry.reason;
      byReason.set(reason, (byReason.get(reason) ?? new Set()).add(target));
    }
  }
  return [...byReason].map(([reason, targets]) => `**${[...targets].join(", ")}**: ${reason}`).join("; ");
}

/** Cases that cannot be judged because of one of the findings. */
function unjudged(known: ReadonlyMap<string, readonly KnownEntry[]>): string {
  const rows = [...known].flatMap(([target, entries]) =>
    entries
      .filter(({ requirement }) => requirement === undefined)
      .map((entry) => `- \`${entry.case}\`, **${target}**: ${entry.reason}\n`),
  );
  return rows.length === 0 ? "" : `## Cases that cannot be judged because of these\n\n${rows.join("")}`;
}
