import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical, sameXml, sameXmlInAnyOrder } from "./compare.ts";
import { serialize } from "./serialize.ts";
import {
  attribute,
  child,
  childrenNamed,
  childrenOf,
  descend,
  elementPath,
  elementsOf,
  inScope,
  rawTextOf,
  resolveQName,
  textOf,
  trimXml,
} from "./tree.ts";
import type { XmlAttribute, XmlElement } from "./types.ts";
import { readXml } from "./xml.ts";

function parse(xml: string, depth = 1000): XmlElement {
  const reading = readXml(xml, { depth });
  if (!reading.ok) throw new Error(`${reading.error.message}: ${xml}`);
  return reading.root;
}

const only = (root: XmlElement): XmlElement => childrenOf(root)[0] ?? root;

describe("looking into a tree", () => {
  const root = parse("<r xmlns='u' xmlns:p='v' k='1' p:k='2'>x <a/> y<p:a> 1\n</p:a><a>2</a></r>");

  test("children, text and attributes go by expanded names", () => {
    expect(childrenOf(root).map(({ ns, local }) => `${ns}:${local}`)).toEqual(["u:a", "v:a", "u:a"]);
    expect(childrenNamed(root, "u", "a")).toHaveLength(2);
    const inner = child(root, "v", "a");
    expect(inner && [rawTextOf(inner), textOf(inner)]).toEqual([" 1\n", "1"]);
    expect(child(root, "", "a")).toBeUndefined();
    expect(textOf(root)).toBe("x  y");
    expect([attribute(root, "", "k"), attribute(root, "v", "k"), attribute(root, "u", "k")]).toEqual([
      "1",
      "2",
      undefined,
    ]);
    expect(descend(parse("<a xmlns='u'><b><c/></b></a>"), "u", "b", "c")?.local).toBe("c");
    expect(descend(root, "u", "a", "b")).toBeUndefined();
    expect([...elementsOf(root)].map(({ local }) => local)).toEqual(["r", "a", "a", "a"]);
  });

  test("trimming is XML's: a no-break space stays", () => {
    expect(trimXml(" \t\r\n\u00A0 x \n")).toBe("\u00A0 x");
    expect(trimXml(" \n ")).toBe("");
    expect(trimXml(`x${" ".repeat(200_000)}y`)).toHaveLength(200_002);
  });

  test("paths name elements as written and count those alike", () => {
    expect(childrenOf(root).map(elementPath)).toEqual(["/r/a[1]", "/r/p:a", "/r/a[2]"]);
  });

  test("prefixes in scope", () => {
    const inner = only(parse("<a xmlns='u' xmlns:p='v'><p:b xmlns='' xmlns:q='w' xmlns:p='x'/></a>"));
    expect({ ...inScope(inner) }).toEqual({ p: "x", q: "w", xml: "http://www.w3.org/XML/1998/namespace" });
    expect(resolveQName(inner, "p:n")).toEqual({ ns: "x", local: "n" });
    expect(resolveQName(inner, " n ")).toEqual({ ns: "", local: "n" });
    expect(resolveQName(root, "n")).toEqual({ ns: "u", local: "n" });
    expect(resolveQName(root, "n", false)).toEqual({ ns: "", local: "n" });
    for (const name of ["z:n", "a:b:c", "", ":n", "p:", "a b"]) expect(resolveQName(inner, name)).toBeUndefined();
    expect(resolveQName(inner, "toString:n")).toBeUndefined();
  });
});

describe("sameXml", () => {
  test.each([
    ["<a xmlns='u'/>", "<p:a xmlns:p='u'></p:a>"],
    ["<a b='1' c='2'/>", "<a c='2' b='1'/>"],
    ["<a xmlns:p='u' p:b='1'/>", "<a xmlns:q='u' q:b='1'/>"],
    ["<a><b/></a>", "<a>\n  <!-- c --><b/><?p?>\n</a>"],
    ["<a> x </a>", "<a>x</a>"],
    ["<a>x<!-- c -->y</a>", "<a><![CDATA[xy]]></a>"],
    ["<a>&#65;</a>", "<a>A</a>"],
    ["<a>  </a>", "<a/>"],
  ])("%s is %s", (a, b) => {
    expect(sameXml(parse(a), parse(b))).toBe(true);
  });

  test.each([
    ["<a/>", "<b/>"],
    ["<a/>", "<a xmlns='u'/>"],
    ["<a b='1'/>", "<a b='2'/>"],
    ["<a b='1'/>", "<a b=' 1'/>"],
    ["<a b='1'/>", "<a xmlns:p='u' p:b='1'/>"],
    ["<a><b/><c/></a>", "<a><c/><b/></a>"],
    ["<a><b/></a>", "<a><b/><b/></a>"],
    ["<a>x y</a>", "<a>x  y</a>"],
    ["<a>\u00A0x</a>", "<a>x</a>"],
    ["<a><b/>x</a>", "<a>x<b/></a>"],
    ["<a>&lt;b/></a>", "<a><b/></a>"],
    ['<a b="x&quot; c=&quot;y"/>', '<a b="x" c="y"/>'],
  ])("%s is not %s", (a, b) => {
    expect(sameXml(parse(a), parse(b))).toBe(false);
  });

  test("order of children may be let go", () => {
    expect(sameXmlInAnyOrder(parse("<a k='1'><b/><c/></a>"), parse("<a k='1'><c/><b/></a>"))).toBe(true);
    expect(sameXmlInAnyOrder(parse("<a><b/><c/></a>"), parse("<a><c/><c/></a>"))).toBe(false);
    expect(sameXmlInAnyOrder(parse("<a k='1'/>"), parse("<a/>"))).toBe(false);
  });
});

describe("serialize", () => {
  test.each([
    ["<a/>"],
    ["<a>x&amp;y&lt;z&gt;</a>"],
    ['<a b="&quot;&#9;&#10;&#13; &amp;"/>'],
    ["<a>&#13;\n</a>"],
    ['<p:a xmlns:p="u" p:b="1"><b/></p:a>'],
    ['<a xmlns="u"><b xmlns=""><c xmlns="u"/></b></a>'],
    ['<a xml:lang="en"/>'],
  ])("%s stays as it is", (xml) => {
    expect(serialize(parse(xml))).toBe(xml);
  });

  test("a part takes the prefixes in scope along", () => {
    const part = only(parse('<a xmlns="u" xmlns:p="v"><b select="/p:c"/></a>'));
    expect(serialize(part)).toBe('<b xmlns="u" xmlns:p="v" select="/p:c"/>');
  });

  const made = (facts: Partial<XmlElement>): XmlElement => ({
    kind: "element",
    ns: "",
    local: "a",
    prefix: "",
    attributes: [],
    declarations: {},
    children: [],
    ...facts,
  });
  const attr = (ns: string, prefix: string): XmlAttribute => ({ ns, prefix, local: "k", value: "1" });

  test.each([
    ["an undeclared prefix", made({ ns: "u", prefix: "p" })],
    ["an undeclared default", made({ ns: "u" })],
    ["no namespace below a default", made({ ns: "u", declarations: { "": "u" }, children: [made({ local: "b" })] })],
    ["a prefix without a namespace", made({ prefix: "p" })],
    ["a prefix bound otherwise", made({ ns: "u", prefix: "p", declarations: { p: "v" } })],
    ["an attribute without a prefix", made({ attributes: [attr("u", "")] })],
    ["two attributes, one prefix", made({ attributes: [attr("u", "p"), attr("v", "p")] })],
    ["an attribute against its element", made({ ns: "u", prefix: "p", attributes: [attr("v", "p")] })],
    [
      "made-up prefixes that are taken",
      made({ declarations: { ns1: "w" }, attributes: [attr("u", ""), attr("v", "")] }),
    ],
    [
      "the attribute's prefix bound to the default",
      made({ ns: "u", declarations: { "": "u" }, attributes: [attr("u", "")] }),
    ],
  ])("%s is mended", (_, element) => {
    expect(canonical(parse(serialize(element)))).toBe(canonical(element));
  });

  test("generated trees read back the same", () => {
    const ns = fc.constantFrom("", "u", "v");
    const prefix = fc.constantFrom("", "p", "q");
    const text = fc.string({ unit: fc.constantFrom(..."ab &<>\"'\t\n\r]") });
    const attributes = fc.uniqueArray(fc.record({ ns, prefix, local: fc.constantFrom("k", "l"), value: text }), {
      selector: (one) => `${one.ns} ${one.local}`,
      maxLength: 3,
    });
    const declarations = fc.dictionary(fc.constantFrom("p", "q"), fc.constantFrom("u", "v", "w"), { maxKeys: 2 });
    const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
      element: fc.record({
        kind: fc.constant("element" as const),
        ns,
        local: fc.constantFrom("a", "b"),
        prefix,
        attributes,
        declarations,
        children: fc.array(
          fc.oneof({ maxDepth: 3 }, fc.record({ kind: fc.constant("text" as const), value: text }), tie("element")),
          {
            maxLength: 2,
          },
        ),
      }),
    }));
    fc.assert(
      fc.property(element, (root) => {
        const back = parse(serialize(root));
        expect(facts(back)).toEqual(facts(root));
      }),
      { numRuns: 500 },
    );
  });

  /** Names, attributes and exact text, neighbouring texts joined. */
  function facts(root: XmlElement): unknown {
    const inner: unknown[] = [];
    for (const node of root.children) {
      if (node.kind === "element") inner.push(facts(node));
      else if (typeof inner.at(-1) === "string") inner.push(`${inner.pop()}${node.value}`);
      else if (node.value !== "") inner.push(node.value);
    }
    const attributes = root.attributes.map((one) => `{${one.ns}}${one.local}=${one.value}`).sort();
    return { name: `{${root.ns}}${root.local}`, attributes, inner };
  }
});

test("deep trees cost no call stack", () => {
  const deep = "<a>".repeat(30_000) + "</a>".repeat(30_000);
  const root = parse(deep, 30_000);
  expect(sameXml(root, parse(serialize(root), 30_000))).toBe(true);
  expect([...elementsOf(root)]).toHaveLength(30_000);
});
