import { styleFor } from "../../reports/style.ts";
import { clip, printable, wrap } from "../../reports/text.ts";
import type { Page } from "./explain-pages.ts";

/** Lines longer than this are cut: a scenario may send a whole megabyte. */
const LONGEST_LINE = 400;

/** A page as text, wrapped to `columns`. */
export function render({ title, facts, sections }: Page, columns: number, color: boolean): string {
  const style = styleFor(color);
  const blocks = sections.map((section) => {
    const fold = section.lines.length > 1 ? hanging : wrap;
    const lines = section.lines.flatMap((line) =>
      section.verbatim ? [printable(shortened(line))] : fold(clip(printable(line)), columns - 2),
    );
    const head = section.title === "" ? [] : [style.dim(section.title)];
    return [...head, ...lines.map((line) => `  ${line}`)].join("\n");
  });
  return `${style.bold(title)}  ${facts}\n\n${blocks.join("\n\n")}\n`;
}

function shortened(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} … (${line.length} characters)` : line;
}

/** Wrapped with the further lines set in, so that one can tell the items apart. */
function hanging(line: string, width: number): string[] {
  const [first = "", ...rest] = wrap(line, width);
  return rest.length === 0
    ? [first]
    : [first, ...wrap(line.slice(first.length).trimStart(), width - 2).map((more) => `  ${more}`)];
}
