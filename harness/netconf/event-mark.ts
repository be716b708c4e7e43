/** Events are told apart by a mark in their content: a token of ours, or the id of a session we made. */
import type { XmlElement } from "./types.ts";

export interface Mark {
  readonly token?: string;
  readonly sessionId?: string;
}

/** Names under which products carry a session's id in their events; `killed-by` names another session. */
const sessionIdName = /^session-?id$/i;

/** Whether an event's content carries the token in any leaf, or the session-id in a leaf named so. */
export function carriesMark(content: XmlElement, mark: Mark): boolean {
  if (mark.token !== undefined) return someLeaf(content, (text) => text.includes(mark.token as string));
  return someLeaf(content, (text, local) => sessionIdName.test(local) && text === mark.sessionId);
}

/** Whether an event's content has that local name and, in some leaf, just that text. */
export function isEvent(content: XmlElement, named: string, text?: string): boolean {
  return content.local === named && (text === undefined || someLeaf(content, (leaf) => leaf === text));
}

function someLeaf(element: XmlElement, holds: (text: string, local: string) => boolean): boolean {
  let text = "";
  for (const child of element.children) {
    if (child.kind === "text") text += child.value;
    else if (someLeaf(child, holds)) return true;
  }
  return holds(text.trim(), element.local);
}
