import { BASE_10, BASE_11, NC } from "./names.ts";
import { type Element, element, elements, isNamed, textOf, trimXml } from "./xml-tree.ts";
import { writeXml } from "./xml-write.ts";

/** The server's hello (RFC 6241 §8.1). */
export function helloMessage(sessionId: number, uris: readonly string[]): string {
  const capabilities = uris.map((uri) => element(NC, "capability", uri));
  const id = element(NC, "session-id", String(sessionId));
  return writeXml(element(NC, "hello", element(NC, "capabilities", ...capabilities), id));
}

/**
 * Judges the client's hello and finds the highest common base version; parameters and outer white space
 * of capabilities do not count.
 * @returns the version, or why there can be no session
 */
export function negotiate(hello: Element): { readonly modern: boolean } | { readonly refusal: string } {
  const parts = elements(hello);
  if (parts.some((part) => isNamed(part, NC, "session-id"))) return { refusal: "hello with session-id" };
  const lists = parts.filter((part) => isNamed(part, NC, "capabilities"));
  if (lists.length !== 1 || lists[0] === undefined) return { refusal: "hello without capabilities" };
  const capabilities = elements(lists[0])
    .filter((part) => isNamed(part, NC, "capability"))
    .map((part) => trimXml(textOf(part)).replace(/\?.*$/s, ""));
  if (capabilities.includes(BASE_11)) return { modern: true };
  if (capabilities.includes(BASE_10)) return { modern: false };
  return { refusal: "no common base version" };
}
