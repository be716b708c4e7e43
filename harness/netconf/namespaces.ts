/**
 * Namespaces in XML 1.0 (third edition) on top of a reader that knows names only. Done here because the
 * reader's own support trims namespace names, accepts `p:1`, and walks all ancestors for every look-up.
 */
import { NS } from "./types.ts";

const nameStart =
  "A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}" +
  "\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";

/** Source of a regular expression (flag `u`) for an NCName, after XML 1.0 fifth edition. */
export const ncName = `[${nameStart}][${nameStart}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*`;

const ncNameStart = new RegExp(`^[${nameStart}]`, "u");

/** Parts of a QName (Namespaces in XML §4), undefined when the XML name is none; prefix "" when it has none. */
export function splitQName(name: string): { readonly prefix: string; readonly local: string } | undefined {
  const colon = name.indexOf(":");
  if (colon === -1) return { prefix: "", local: name };
  const prefix = name.slice(0, colon);
  const local = name.slice(colon + 1);
  const sound = prefix !== "" && !local.includes(":") && ncNameStart.test(local);
  return sound ? { prefix, local } : undefined;
}

/** The prefix that an attribute name declares ("" for `xmlns`), undefined when it declares none. */
export function declaredPrefix(attributeName: string): string | undefined {
  if (attributeName === "xmlns") return "";
  return attributeName.startsWith("xmlns:") ? attributeName.slice(6) : undefined;
}

/** Why a declaration is not allowed (Namespaces in XML §2.2, §3, §5); undefined when it is. */
export function declarationProblem(prefix: string, name: string): string | undefined {
  if (prefix === "xmlns") return "the prefix xmlns must not be declared";
  if (name === NS.xmlns) return `no prefix may be bound to ${NS.xmlns}`;
  if ((prefix === "xml") !== (name === NS.xml))
    return `only the prefix xml may be bound to ${NS.xml}, and to nothing else`;
  if (prefix !== "" && name === "") return `the prefix ${prefix} must not be undeclared`;
  return undefined;
}

/** Prefixes in scope while a document is read: look-ups cost the same at any depth. Declarations have no prototype. */
export interface NamespaceScope {
  enter(declarations: Readonly<Record<string, string>>): void;
  leave(declarations: Readonly<Record<string, string>>): void;
  /** Namespace name of a prefix; "" for an undeclared default, undefined for an undeclared prefix. */
  lookup(prefix: string): string | undefined;
}

export function namespaceScope(): NamespaceScope {
  const bindings = new Map<string, string[]>([
    ["", [""]],
    ["xml", [NS.xml]],
  ]);
  return {
    enter(declarations) {
      for (const prefix in declarations) {
        const name = declarations[prefix] ?? "";
        const stack = bindings.get(prefix);
        if (stack === undefined) bindings.set(prefix, [name]);
        else stack.push(name);
      }
    },
    leave(declarations) {
      for (const prefix in declarations) bindings.get(prefix)?.pop();
    },
    lookup: (prefix) => bindings.get(prefix)?.at(-1),
  };
}
