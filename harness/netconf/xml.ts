/** Reading one XML document into a tree: strict UTF-8, no document type declaration, bounded. */
import { SaxesParser } from "saxes";
import type { XmlError, XmlLimits, XmlReading } from "./types.ts";
import { type Fail, treeBuilder } from "./xml-tree-builder.ts";

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
