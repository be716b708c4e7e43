/** Whether the filter of a create-subscription lets an event through. */
import { type EventSelection, type SubtreeOptions, selectsEvent } from "./subtree-filter.ts";
import { attribute, inScope } from "./tree.ts";
import type { XmlElement } from "./types.ts";
import { assertXPath } from "./xpath-filter.ts";

/**
 * Applies a filter element of either type to the content element of a notification (RFC 5277 §3.6).
 * An error says why the filter is none: an unknown type, no select, or a wrong expression.
 */
export function filterSelectsEvent(
  filter: XmlElement,
  content: XmlElement,
  options: SubtreeOptions,
): EventSelection | { readonly error: string } {
  const type = attribute(filter, "", "type") ?? "subtree";
  if (type === "subtree") return selectsEvent(filter, content, options);
  if (type !== "xpath") return { error: `there is no filter type ${JSON.stringify(type)}` };
  const select = attribute(filter, "", "select");
  if (select === undefined) return { error: "an xpath filter needs select" };
  const outcome = assertXPath(content, select, inScope(filter));
  return outcome.ok ? outcome.value : { error: outcome.message };
}
