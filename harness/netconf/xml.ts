/** Reading one XML document into a tree: strict UTF-8, no document type declaration, bounded. */
import { SaxesParser } from "saxes";
import { declarationProblem, declaredPrefix, namespaceScope, splitQName } from "./namespaces.ts";
import type { XmlAttribute, XmlElement, XmlError, XmlLimits, XmlProblem, XmlReading, XmlText } from "./types.ts";

type Bounds = Required<XmlLimits>;

const DEFAULT_LIMITS: Bounds = { bytes: 16 * 1024 * 1024, depth: 1000, attributes: 1000, nodes: 1_000_000 };

/**
 * Reads one document (RFC 6241 §3: well-formed, UTF-8, no document type declaration).
 *
 * Octets must be UTF-8 to the letter. A byte order mark, an XML declaration naming UTF-8, and white space
 * around the root are harmless; white space before an XML declaration is not (XML 1.0 §2.8). Entities are
 * the five predefined ones only. Comments and processing instructions are dropped, CDATA becomes text.
 * The first problem ends the reading; nothing is ever repaired, and nothing is thrown.
 *
 * @param limits see `XmlLimits`; nodes are elements, attributes, declarations and runs of text
 */
export function readXml(input: Uint8Array | string, limits: XmlLimits = {}): XmlReading {
  const bounds = { ...DEFAULT_LIMITS, ...limits };
  if (byteLength(input, bounds.bytes) > bounds.bytes) {
    return { ok: false, error: { problem: "limit", message: `the document has more than ${bounds.bytes} octets` } };
  }
  const text = decode(input);
  if (text === undefined) return { ok: false, error: { problem: "not-utf8", message: "the octets are not UTF-8" } };
  return readText(text, bounds);
}

/** Octets of the document in UTF-8; counted only as exactly as the limit needs. */
function byteLength(input: Uint8Array | string, limit: number): number {
  if (typeof input !== "string") return input.byteLength;
  const certain = input.length > limit || input.length * 3 <= limit;
  return certain ? input.length : Buffer.byteLength(input, "utf8");
}

function decode(input: Uint8Array | string): string | undefined {
  if (typeof input === "string") return /\p{Surrogate}/u.test(input) ? undefined : input;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(input);
  } catch {
    return undefined;
  }
}

/**
 * Where `<!DOCTYPE` begins in the prolog, -1 when it does not. Looked for before parsing, so that nothing
 * inside the declaration is ever read.
 */
function doctypeAt(text: string): number {
  const space = /[\uFEFF \t\r\n]*/y;
  for (let at = 0; ; ) {
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
    if (text.startsWith("<!DOCTYPE", at)) return at;
    const end = text.startsWith("<?", at) ? "?>" : text.startsWith("<!--", at) ? "-->" : undefined;
    const found = end === undefined ? -1 : text.indexOf(end, at + (end.length === 2 ? 2 : 4));
    if (end === undefined || found === -1) return -1;
    at = found + end.length;
  }
}

function readText(text: string, bounds: Bounds): XmlReading {
  const parser = new SaxesParser({ xmlns: false, forceXMLVersion: true, defaultXMLVersion: "1.0" });
  let error: XmlError | undefined;
  let hasDeclaration = false;
  // The one way out of the parser from within its events; caught below.
  const fail: Fail = (problem, message) => {
    error = { problem, message, line: parser.line, column: parser.column };
    throw new Error(message);
  };
  const tree = treeBuilder(bounds, fail);
  parser.on("error", ({ message }) => {
    const bare = message.replace(/^\d+:\d+: /, "").replace(/\.$/, "");
    fail(bare.includes("doctype") ? "doctype" : "not-well-formed", bare);
  });
  parser.on("xmldecl", ({ encoding }) => {
    hasDeclaration = true;
    if (encoding !== undefined && encoding.toLowerCase() !== "utf-8") {
      fail("declared-encoding", `the XML declaration names the encoding ${encoding}`);
    }
  });
  parser.on("processinginstruction", ({ target, body }) => {
    if (!spaceBefore(body, text, parser.position - 2))
      fail("not-well-formed", "white space is missing after the target");
    if (target.includes(":")) fail("namespace", `processing instruction target ${target} has a colon`);
  });
  parser.on("attribute", tree.attribute);
  parser.on("opentag", ({ name, attributes }) => tree.open(name, attributes));
  parser.on("closetag", tree.close);
  parser.on("text", tree.text);
  parser.on("cdata", tree.text);
  try {
    const doctype = doctypeAt(text);
    parser.write(doctype === -1 ? text : text.slice(0, doctype));
    if (doctype !== -1) fail("doctype", "document type declaration");
    parser.close();
  } catch (thrown) {
    return { ok: false, error: error ?? { problem: "not-well-formed", message: String(thrown) } };
  }
  const root = tree.root();
  if (root === undefined) return { ok: false, error: { problem: "not-well-formed", message: "no root element" } };
  return { ok: true, root, hasBom: text.startsWith("\uFEFF"), hasDeclaration };
}

/**
 * Whether white space precedes the body of a processing instruction that ends at `end` (XML 1.0 §2.6).
 * The parser itself lets `<?x?y?>` pass.
 */
function spaceBefore(body: string, text: string, end: number): boolean {
  if (!body.startsWith("?")) return true;
  let start = end;
  // The body has line feeds where the text may have CR LF.
  for (const character of [...body].reverse()) {
    start -= character === "\n" && text.slice(start - 2, start) === "\r\n" ? 2 : character.length;
  }
  return /[ \t\r\n]/.test(text.charAt(start - 1));
}

type Fail = (problem: XmlProblem, message: string) => never;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Open {
  readonly element: XmlElement;
  readonly children: (XmlElement | XmlText)[];
  /** Text since the last element, in pieces: a comment or a CDATA section does not end a run. */
  readonly run: string[];
}

/** Builds the tree from the parser's events, with a stack of its own: depth costs no call stack. */
function treeBuilder(bounds: Bounds, fail: Fail) {
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
