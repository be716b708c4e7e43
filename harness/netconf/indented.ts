/** A tree as people read it: an element a line, children indented. Not for sending: white space is added. */
import { escapeAttribute, escapeXml } from "./escape.ts";
import type { XmlElement } from "./types.ts";

/** Deepest indentation that is written out; what lies deeper stands as deep. */
const deepest = 30;

export function indented(root: XmlElement): string {
  const lines: string[] = [];
  const waiting: ({ readonly element: XmlElement; readonly depth: number } | string)[] = [{ element: root, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === "string") {
      lines.push(next);
      continue;
    }
    const { element, depth } = next;
    const margin = "  ".repeat(Math.min(depth, deepest));
    const name = element.prefix === "" ? element.local : `${element.prefix}:${element.local}`;
    const start = `${margin}<${name}${attributesOf(element)}`;
    const shown = element.children.filter((child) => child.kind === "element" || child.value.trim() !== "");
    if (shown.length === 0) lines.push(`${start}/>`);
    else if (shown.every((child) => child.kind === "text")) {
      lines.push(`${start}>${escapeXml(shown.map((child) => child.value).join(""))}</${name}>`);
    } else {
      lines.push(`${start}>`);
      waiting.push(`${margin}</${name}>`);
      for (const child of shown.toReversed())
        waiting.push(
          child.kind === "text" ? `${margin}  ${escapeXml(child.value.trim())}` : { element: child, depth: depth + 1 },
        );
    }
  }
  return lines.join("\n");
}

function attributesOf({ declarations, attributes }: XmlElement): string {
  const declared = Object.entries(declarations).map(([prefix, ns]) => [
    prefix === "" ? "xmlns" : `xmlns:${prefix}`,
    ns,
  ]);
  const own = attributes.map(({ prefix, local, value }) => [prefix === "" ? local : `${prefix}:${local}`, value]);
  return [...declared, ...own].map(([name, value]) => ` ${name}="${escapeAttribute(value ?? "")}"`).join("");
}
