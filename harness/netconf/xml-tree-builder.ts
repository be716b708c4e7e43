/** The tree of a document out of the events of a parser: namespaces, text runs, and the limits on nodes. */
import { declarationProblem, declaredPrefix, namespaceScope, splitQName } from "./namespaces.ts";
import type { XmlAttribute, XmlElement, XmlLimits, XmlProblem, XmlText } from "./types.ts";

/** Ends the reading with a problem. */
export type Fail = (problem: XmlProblem, message: string) => never;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Open {
  readonly element: XmlElement;
  readonly children: (XmlElement | XmlText)[];
  /** Text since the last element, in pieces: a comment or a CDATA section does not end a run. */
  readonly run: string[];
}

/** Builds the tree from the parser's events, with a stack of its own: depth costs no call stack. */
export function treeBuilder(bounds: Required<XmlLimits>, fail: Fail) {
  const scope = namespaceScope();
  const stack: Open[] = [];
  let root: XmlElement | undefined;
  let nodes = 0;
  let attributes = 0;
  const count = (): void => {
    if (++nodes > bounds.nodes) fail("limit", `the document has more than ${bounds.nodes} nodes`);
  };
  const endRun = (open: Open): void => {
    if (open.run.length === 0) return;
    count();
    open.children.push({ kind: "text", value: open.run.join("") });
    open.run.length = 0;
  };
  return {
    root: (): XmlElement | undefined => root,
    attribute(): void {
      count();
      if (++attributes > bounds.attributes) fail("limit", `an element has more than ${bounds.attributes} attributes`);
    },
    open(name: string, raw: Readonly<Record<string, string>>): void {
      attributes = 0;
      count();
      if (stack.length >= bounds.depth) fail("limit", `elements are nested more than ${bounds.depth} deep`);
      const declarations = declarationsOf(raw, fail);
      scope.enter(declarations);
      const { ns, local, prefix } = qualify(name, scope.lookup, fail);
      const found = attributesOf(raw, scope.lookup, fail);
      const children: (XmlElement | XmlText)[] = [];
      const element: Mutable<XmlElement> = {
        kind: "element",
        ns,
        local,
        prefix,
        attributes: found,
        declarations,
        children,
      };
      const parent = stack.at(-1);
      if (parent === undefined) {
        root = element;
      } else {
        element.parent = parent.element;
        endRun(parent);
        parent.children.push(element);
      }
      stack.push({ element, children, run: [] });
    },
    close(): void {
      const open = stack.pop();
      if (open === undefined) return;
      endRun(open);
      scope.leave(open.element.declarations);
    },
    text(value: string): void {
      if (value !== "") stack.at(-1)?.run.push(value);
    },
  };
}

const noDeclarations: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

function declarationsOf(raw: Readonly<Record<string, string>>, fail: Fail): Readonly<Record<string, string>> {
  let declarations: Record<string, string> | undefined;
  for (const name in raw) {
    const prefix = declaredPrefix(name);
    if (prefix === undefined) continue;
    if (splitQName(name) === undefined) fail("namespace", `${name} is not a qualified name`);
    const value = raw[name] ?? "";
    const problem = declarationProblem(prefix, value);
    if (problem !== undefined) fail("namespace", problem);
    // Without a prototype: `__proto__` is a legal prefix.
    declarations ??= Object.create(null) as Record<string, string>;
    declarations[prefix] = value;
  }
  return declarations ?? noDeclarations;
}

type Lookup = (prefix: string) => string | undefined;
type Named = Pick<XmlAttribute, "ns" | "local" | "prefix">;

function qualify(name: string, lookup: Lookup, fail: Fail): Named {
  const parts = splitQName(name);
  if (parts === undefined) return fail("namespace", `${name} is not a qualified name`);
  const ns = lookup(parts.prefix);
  if (ns === undefined) return fail("namespace", `the prefix ${parts.prefix} of ${name} is not declared`);
  return { ns, local: parts.local, prefix: parts.prefix };
}

function attributesOf(raw: Readonly<Record<string, string>>, lookup: Lookup, fail: Fail): XmlAttribute[] {
  const attributes: XmlAttribute[] = [];
  const seen = new Set<string>();
  // The parser's record has no prototype, and so no names but its own.
  for (const name in raw) {
    if (declaredPrefix(name) !== undefined) continue;
    const plain = !name.includes(":");
    const { ns, local, prefix } = plain ? { ns: "", local: name, prefix: "" } : qualify(name, lookup, fail);
    const expanded = `{${ns}}${local}`;
    if (seen.has(expanded)) fail("not-well-formed", `the attribute ${expanded} occurs twice`);
    seen.add(expanded);
    attributes.push({ ns, local, prefix, value: raw[name] ?? "" });
  }
  return attributes;
}
