/** Comma-separated field values: subprotocols, extensions, options of Connection. */
import { withoutOuterBlanks } from "./http-head.ts";

/** Elements with blanks trimmed, empty ones kept; commas within quoted strings do not separate. */
export function listElements(value: string): string[] {
  const elements: string[] = [];
  let element = "";
  let quoted = false;
  for (let i = 0; i < value.length; i++) {
    const character = value[i] as string;
    if (quoted && character === "\\") element += character + (value[++i] ?? "");
    else if (character === "," && !quoted) {
      elements.push(element);
      element = "";
    } else {
      if (character === '"') quoted = !quoted;
      element += character;
    }
  }
  return [...elements, element].map(withoutOuterBlanks);
}

/** Whether a list holds an option, whatever its case. */
export function hasToken(value: string, token: string): boolean {
  return listElements(value).some((element) => element.toLowerCase() === token);
}

export const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const tokenText = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";

/** One extension with parameters: token, or token = token, or token = quoted token (RFC 6455 §9.1). */
export const extension = new RegExp(
  `^${tokenText}(?:[ \\t]*;[ \\t]*${tokenText}(?:[ \\t]*=[ \\t]*(?:${tokenText}|"${tokenText}"))?)*$`,
);

/** The name of an extension, parameters left out. */
export function extensionName(element: string): string {
  return (element.split(";")[0] as string).trim();
}
