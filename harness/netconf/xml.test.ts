import fc from "fast-check";
import * as libxml2 from "libxml2-wasm";
import { describe, expect, test } from "vitest";
import { childrenOf, elementsOf, rawTextOf } from "./tree.ts";
import type { XmlElement, XmlProblem } from "./types.ts";
import { readXml } from "./xml.ts";

/** What the tree says, by expanded names, as comparable data; from us and from the second reader. */
type Facts = { name: string; attributes: string[]; content: (Facts | string)[] };

const sorted = (attributes: readonly { ns: string; local: string; value: string }[]): string[] =>
  attributes.map(({ ns, local, value }) => `{${ns}}${local}=${value}`).sort();

function ours(element: XmlElement): Facts {
  const content = element.children.map((node) => (node.kind === "text" ? node.value : ours(node)));
  return { name: `{${element.ns}}${element.local}`, attributes: sorted(element.attributes), content };
}

function theirs(element: libxml2.XmlElement): Facts {
  const content: (Facts | string)[] = [];
  for (const node of element.find("*|text()")) {
    if (node instanceof libxml2.XmlElement) content.push(theirs(node));
    else if (typeof content.at(-1) === "string") content.push(`${content.pop()}${node.content}`);
    else if (node.content !== "") content.push(node.content);
  }
  const attributes = element.attrs.map(({ name, namespaceUri, value }) => ({ local: name, ns: namespaceUri, value }));
  return { name: `{${element.namespaceUri}}${element.name}`, attributes: sorted(attributes), content };
}

/** libxml2, strict: namespace errors count, nothing is loaded from anywhere. */
function secondReading(document: Uint8Array): Facts | undefined {
  const option = libxml2.ParseOption.XML_PARSE_NONET | libxml2.ParseOption.XML_PARSE_NO_XXE;
  let read: libxml2.XmlDocument;
  try {
    read = libxml2.XmlDocument.fromBuffer(document, { option });
  } catch {
    return undefined;
  }
  try {
    return theirs(read.root);
  } finally {
    read.dispose();
  }
}

const bytes = (document: string | Uint8Array): Uint8Array =>
  typeof document === "string" ? Buffer.from(document, "utf8") : document;

const good: readonly (string | Uint8Array)[] = [
  "<a/>",
  "<a></a>",
  "<a ></a >",
  " \t\r\n<a/>\r\n",
  "\uFEFF<a/>",
  "\uFEFF<?xml version='1.0'?><a/>",
  '<?xml version="1.0"?><a/>',
  '<?xml version="1.0" encoding="UTF-8"?><a/>',
  "<?xml version='1.0' encoding='utf-8' standalone='yes' ?><a/>",
  '<?xml version="1.0" standalone="no"?>\n<a/>',
  "<?xml\tversion\n=\r\n'1.0'\t?><a/>",
  '<?xml version="1.1"?><a/>',
  "<!-- before --><?pi before?><a/><!-- after --><?pi?>",
  "<a><!-->--></a>",
  "<a><!----><!-- - --><!-- ]]>]]> --></a>",
  "<a><?p ]]>]]> ?><?p ??></a>",
  "<a><?p ?q\r\n😀\r\r\n?><?p\n??q?></a>",
  "<a b=']]>]]>'/>",
  "<a>]]</a>",
  "<a>]] ></a>",
  "<a>]]&gt;</a>",
  "<a>]]<![CDATA[>]]></a>",
  "<a><![CDATA[]]></a>",
  "<a><![CDATA[]]]></a>",
  "<a><![CDATA[]]]]><![CDATA[>]]></a>",
  "<a><![CDATA[<&]]>&amp;</a>",
  "<a>x<!-- c -->y<?p?>z</a>",
  "<a>&lt;&gt;&amp;&quot;&apos;</a>",
  "<a>&#65;&#x42;&#x1F600;&#9;&#10;&#13;</a>",
  "<a>&#000000000000000000065;</a>",
  "<a b='&#9;&#10;&#13;&#32;'/>",
  "<a b='1\t2\n3\r\n4\r5 6'/>",
  "<a>1\r\n2\r3\n4</a>",
  "<a b='x>y'/>",
  "<a b=\"'\" c='\"'/>",
  "<a b = 'c'/>",
  "<a\nb='1'\nc='2'\n/>",
  "<a xmlns='u'><b xmlns=''/></a>",
  "<a xmlns='u' b='1'/>",
  "<p:a xmlns:p='u'><p:b xmlns:p='v'/></p:a>",
  "<p:a xmlns:p='u' p:b='1' b='2'/>",
  "<a xmlns:p='u' xmlns:q='u' p:b='1' q:c='2'/>",
  "<a xmlns='u' xmlns:p='u' b='1' p:b='2'/>",
  "<a xml:lang='en' xml:space='preserve'/>",
  "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
  "<a xmlns:p='urn:a%20b'/>",
  "<a xmlns='u'><b><c xmlns='v'/></b><d/></a>",
  "<a><b xmlns:p='u'/><b xmlns:p='v'><p:c/></b></a>",
  "<_/>",
  "<a.b-c·d/>",
  "<é/>",
  "<漢字 属性='値'>漢</漢字>",
  "<𐀀/>",
  "<a>\u0085\u00A0\u2028\uD7FF\uE000\uFFFD\u{10000}\u{1FFFF}\u{10FFFF}</a>",
  "<a>\u007F\u0080\u009F</a>",
  "<xmlfoo/>",
  "<a><?xml-stylesheet href='x'?></a>",
  "<constructor prototype='1' __proto__='2' toString='3'/>",
  "<a xmlns:__proto__='u'><__proto__:b/></a>",
  `<a>${"x".repeat(70_000)}</a>`,
  `${"<a>".repeat(200)}${"</a>".repeat(200)}`,
];

const bad: readonly (readonly [string | Uint8Array, XmlProblem])[] = [
  ["", "not-well-formed"],
  ["  ", "not-well-formed"],
  ["\uFEFF", "not-well-formed"],
  ["\uFEFF\uFEFF<a/>", "not-well-formed"],
  ["text", "not-well-formed"],
  ["<!-- only -->", "not-well-formed"],
  ["<?xml version='1.0'?>", "not-well-formed"],
  [" <?xml version='1.0'?><a/>", "not-well-formed"],
  ["<!-- x --><?xml version='1.0'?><a/>", "not-well-formed"],
  ["<a/><?xml version='1.0'?>", "not-well-formed"],
  ["<a><?XML x?></a>", "not-well-formed"],
  ["<?xml version='2.0'?><a/>", "not-well-formed"],
  ["<?xml version='1'?><a/>", "not-well-formed"],
  ["<?xml?><a/>", "not-well-formed"],
  ["<?xml encoding='UTF-8'?><a/>", "not-well-formed"],
  ["<?xml version='1.0' standalone='maybe'?><a/>", "not-well-formed"],
  ["<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>", "not-well-formed"],
  ["<?xml version='1.0'encoding='UTF-8'?><a/>", "not-well-formed"],
  ["<?xml version='1.0' version='1.0'?><a/>", "not-well-formed"],
  ["<?xml version='1.0\"?><a/>", "not-well-formed"],
  ["<?xml version='1.0' encoding='UTF 8'?><a/>", "not-well-formed"],
  ["<?xml version='1.0'><a/>", "not-well-formed"],
  ["<a/><b/>", "not-well-formed"],
  ["<a/>x", "not-well-formed"],
  ["x<a/>", "not-well-formed"],
  ["<a/>&#32;", "not-well-formed"],
  ["<a/><![CDATA[ ]]>", "not-well-formed"],
  ["<![CDATA[]]><a/>", "not-well-formed"],
  ["<a/>]]>]]>", "not-well-formed"],
  ["\n#4\n<a/>\n##\n", "not-well-formed"],
  ["<a>", "not-well-formed"],
  ["<a", "not-well-formed"],
  ["<a/", "not-well-formed"],
  ["</a>", "not-well-formed"],
  ["<a></b>", "not-well-formed"],
  ["<a></A>", "not-well-formed"],
  ["<a><b></a></b>", "not-well-formed"],
  ["<a></a", "not-well-formed"],
  ["<a></ a>", "not-well-formed"],
  ["<a></a b='1'>", "not-well-formed"],
  ["<a></>", "not-well-formed"],
  ["< a/>", "not-well-formed"],
  ["<1a/>", "not-well-formed"],
  ["<-a/>", "not-well-formed"],
  ["<·a/>", "not-well-formed"],
  ["<a\u00D7b/>", "not-well-formed"],
  ["<a/ >", "not-well-formed"],
  ["<a b/>", "not-well-formed"],
  ["<a b=c/>", "not-well-formed"],
  ["<a b='1' b='2'/>", "not-well-formed"],
  ["<a xmlns='u' xmlns='v'/>", "not-well-formed"],
  ["<a b='1'c='2'/>", "not-well-formed"],
  ["<a b='<'/>", "not-well-formed"],
  ["<a b='&'/>", "not-well-formed"],
  ["<a b='1/>", "not-well-formed"],
  ["<a 1b='1'/>", "not-well-formed"],
  ["<a>&</a>", "not-well-formed"],
  ["<a>&amp</a>", "not-well-formed"],
  ["<a>& amp;</a>", "not-well-formed"],
  ["<a>&;</a>", "not-well-formed"],
  ["<a>&nbsp;</a>", "not-well-formed"],
  ["<a>&AMP;</a>", "not-well-formed"],
  ["<a>&__proto__;</a>", "not-well-formed"],
  ["<a>&#;</a>", "not-well-formed"],
  ["<a>&#x;</a>", "not-well-formed"],
  ["<a>&#X41;</a>", "not-well-formed"],
  ["<a>&#4 1;</a>", "not-well-formed"],
  ["<a>&#0;</a>", "not-well-formed"],
  ["<a>&#1;</a>", "not-well-formed"],
  ["<a>&#xB;</a>", "not-well-formed"],
  ["<a>&#xD83D;&#xDE00;</a>", "not-well-formed"],
  ["<a>&#xFFFE;</a>", "not-well-formed"],
  ["<a>&#x110000;</a>", "not-well-formed"],
  ["<a>&#99999999999999999999;</a>", "not-well-formed"],
  ["<a b='&#0;'/>", "not-well-formed"],
  ["<a>\u0000</a>", "not-well-formed"],
  ["<a>\u0001</a>", "not-well-formed"],
  ["<a>\u000B</a>", "not-well-formed"],
  ["<a>\u001F</a>", "not-well-formed"],
  ["<a>\uFFFE</a>", "not-well-formed"],
  ["<a>\uFFFF</a>", "not-well-formed"],
  ["<a b='\u0008'/>", "not-well-formed"],
  ["<!-- \u0001 --><a/>", "not-well-formed"],
  ["<a><?p \u0001?></a>", "not-well-formed"],
  ["<a><![CDATA[\u0001]]></a>", "not-well-formed"],
  ["<a>]]></a>", "not-well-formed"],
  ["<a>]]]></a>", "not-well-formed"],
  ["<a>x]]>y</a>", "not-well-formed"],
  ["<a><![CDATA[x]]</a>", "not-well-formed"],
  ["<a><![cdata[x]]></a>", "not-well-formed"],
  ["<a><!-- -- --></a>", "not-well-formed"],
  ["<a><!-- --->", "not-well-formed"],
  ["<a><!--></a>", "not-well-formed"],
  ["<a><!- x --></a>", "not-well-formed"],
  ["<a><?></a>", "not-well-formed"],
  ["<a><? p?></a>", "not-well-formed"],
  ["<a><?p></a>", "not-well-formed"],
  ["<a><?p?q?></a>", "not-well-formed"],
  ["<a><?p?q\r\n😀\r\r\n?></a>", "not-well-formed"],
  ["<!ELEMENT a EMPTY><a/>", "not-well-formed"],
  ["<p:a/>", "namespace"],
  ["<a p:b='1'/>", "namespace"],
  ["<a><b xmlns:p='u'/><p:c/></a>", "namespace"],
  ["<a xmlns:p=''/>", "namespace"],
  ["<a xmlns:xmlns='u'/>", "namespace"],
  ["<a xmlns:xml='u'/>", "namespace"],
  ["<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "namespace"],
  ["<a xmlns='http://www.w3.org/XML/1998/namespace'/>", "namespace"],
  ["<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", "namespace"],
  ["<a xmlns='http://www.w3.org/2000/xmlns/'/>", "namespace"],
  ["<xmlns:a/>", "namespace"],
  ["<:a/>", "namespace"],
  ["<p: xmlns:p='u'/>", "namespace"],
  ["<p:q:a xmlns:p='u'/>", "namespace"],
  ["<p:1a xmlns:p='u'/>", "namespace"],
  ["<p:-a xmlns:p='u'/>", "namespace"],
  ["<a xmlns:='u'/>", "namespace"],
  ["<a xmlns:1='u'/>", "namespace"],
  ["<a p:1='x' xmlns:p='u'/>", "namespace"],
  ["<a><?p:q x?></a>", "namespace"],
  ["<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", "not-well-formed"],
  [Buffer.from([0x3c, 0x61, 0x3e, 0xe9, 0x3c, 0x2f, 0x61, 0x3e]), "not-utf8"],
  [Buffer.from("<a>\xc0\x80</a>", "latin1"), "not-utf8"],
  [Buffer.from("<a>\xed\xa0\xbd\xed\xb8\x80</a>", "latin1"), "not-utf8"],
  [Buffer.from("<a>\xf4\x90\x80\x80</a>", "latin1"), "not-utf8"],
  [Buffer.from("<a>\xe6\xbc</a>", "latin1"), "not-utf8"],
  [Buffer.from("<a/>\xff", "latin1"), "not-utf8"],
];

/** Where we refuse, for NETCONF's sake, what a general reader takes, or take what it refuses; and why. */
const disagreements: readonly (readonly [string, string | Uint8Array, XmlProblem | "none"])[] = [
  ["RFC 6241 §3.2 forbids a document type declaration", "<!DOCTYPE a><a/>", "doctype"],
  ["so none is read, nor what it declares", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "doctype"],
  ["NETCONF is UTF-8", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "declared-encoding"],
  ["NC-XML-002 wants the name UTF-8", "<?xml version='1.0' encoding='US-ASCII'?><a/>", "declared-encoding"],
  ["UTF8 is no registered name", "<?xml version='1.0' encoding='UTF8'?><a/>", "declared-encoding"],
  ["NETCONF is UTF-8", Buffer.from("\uFEFF<a/>", "utf16le"), "not-utf8"],
  ["a processor need not check that names are URIs (Namespaces §7)", "<a xmlns:p='not a uri'/>", "none"],
  ["and no white space is trimmed from them", "<a xmlns:p=' u '><p:b/></a>", "none"],
];

/** Whether all namespace names are plainly URI references; libxml2 refuses others. */
const namesUris = (root: XmlElement): boolean =>
  [...elementsOf(root)].every(({ declarations }) =>
    Object.values(declarations).every((name) => /^(?:http:\/\/www\.w3\.org[\w/]*|[a-z]*)$/.test(name)),
  );

describe("readXml beside libxml2", () => {
  test.each(good.map((document) => [Buffer.from(document).toString("utf8").slice(0, 60), document] as const))(
    "%j is read, and as the same tree",
    (_, document) => {
      const reading = readXml(bytes(document));
      expect(reading).toMatchObject({ ok: true });
      expect(reading.ok && ours(reading.root)).toEqual(secondReading(bytes(document)));
    },
  );

  test.each(bad.map(([document, problem]) => [Buffer.from(document).toString("utf8"), problem, document] as const))(
    "%j is refused: %s",
    (_, problem, document) => {
      expect(readXml(bytes(document))).toMatchObject({ ok: false, error: { problem } });
      expect(secondReading(bytes(document))).toBeUndefined();
    },
  );

  test.each(disagreements)("they differ: %s", (_, document, problem) => {
    const reading = readXml(bytes(document));
    expect(reading.ok ? "none" : reading.error.problem).toBe(problem);
    expect(secondReading(bytes(document)) === undefined).toBe(problem === "none");
  });

  const pieces = [
    ..."<>/&;'\"=:!?-[] \t\r\n#x10aAp\u00e9\u{1F600}\uFFFE\u0000",
    "<a>",
    "</a>",
    "<p:a>",
    "<b/>",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?p ",
    "?>",
    "&amp;",
    "&#65;",
    "&#x1;",
    "&e;",
    " xmlns:p='u'",
    " xmlns=''",
    " xmlns='v'",
    " p:b='1'",
    " b='1'",
    "<?xml version='1.0'?>",
    "xmlns",
    "xml",
  ];
  const seeds = good.filter((document): document is string => typeof document === "string" && document.length < 1000);
  const mutated = fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(200), fc.nat(4), fc.constantFrom(...pieces)), { minLength: 1, maxLength: 4 }),
    )
    .map(([seed, edits]) =>
      edits.reduce((text, [place, cut, piece]) => {
        const at = place % (text.length + 1);
        return (text.slice(0, at) + piece + text.slice(at + cut)).replace(/\p{Surrogate}/gu, "\u{FFFD}");
      }, seed),
    );

  test("they agree on mutated documents", () => {
    fc.assert(
      fc.property(mutated, (document) => {
        const reading = readXml(document);
        const second = secondReading(bytes(document));
        if (reading.ok && namesUris(reading.root)) expect(ours(reading.root)).toEqual(second);
        else if (reading.ok) return;
        else if (!["doctype", "declared-encoding"].includes(reading.error.problem)) expect(second).toBeUndefined();
      }),
      { numRuns: 1500 },
    );
  });
});

describe("doctype", () => {
  test.each([
    ["<!DOCTYPE a><a/>"],
    ["\uFEFF <!-- x --><?p y?>\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"],
    ["<?xml version='1.0'?><!DOCTYPE a [<!-- -- -->"],
    ["<!DOCTYPE"],
    ["<a><!DOCTYPE a></a>"],
    ["<a/><!DOCTYPE a>"],
  ])("%j is refused as such", (document) => {
    expect(readXml(document)).toMatchObject({ ok: false, error: { problem: "doctype" } });
  });

  test("the first problem is told", () => {
    expect(readXml("<!-- -- --><!DOCTYPE a><a/>")).toMatchObject({ ok: false, error: { problem: "not-well-formed" } });
    expect(readXml("<!doctype a><a/>")).toMatchObject({ ok: false, error: { problem: "not-well-formed" } });
  });
});

describe("limits", () => {
  const limit = { ok: false, error: { problem: "limit" } };

  test("octets are counted before anything is read", () => {
    expect(readXml(new Uint8Array(17 * 1024 * 1024))).toMatchObject(limit);
    expect(readXml("<a>é</a>", { bytes: 8 })).toMatchObject(limit);
    expect(readXml("<a>é</a>", { bytes: 9 })).toMatchObject({ ok: true });
    expect(readXml(Buffer.from("<a>é</a>"), { bytes: 9 })).toMatchObject({ ok: true });
  });

  test("depth", () => {
    const nested = (depth: number): string => "<a>".repeat(depth) + "</a>".repeat(depth);
    expect(readXml(nested(1000))).toMatchObject({ ok: true });
    expect(readXml(nested(1001))).toMatchObject(limit);
    expect(readXml("<a>".repeat(1_000_000))).toMatchObject(limit);
    expect(readXml(nested(100_000), { depth: 100_000 })).toMatchObject({ ok: true });
  });

  test("attributes of an element, declarations included", () => {
    const element = (count: number): string =>
      `<a ${Array.from({ length: count }, (_, index) => (index % 2 ? `b${index}='1'` : `xmlns:p${index}='u'`)).join(" ")}/>`;
    expect(readXml(element(1000))).toMatchObject({ ok: true });
    expect(readXml(element(1001))).toMatchObject(limit);
    expect(readXml(`<r>${element(600)}${element(600)}</r>`)).toMatchObject({ ok: true });
  });

  test("nodes: elements, attributes and runs of text", () => {
    expect(readXml("<a b='1'>x<c/>y<!-- -->z</a>", { nodes: 5 })).toMatchObject({ ok: true });
    expect(readXml("<a b='1'>x<c/>y<!-- -->z</a>", { nodes: 4 })).toMatchObject(limit);
  });
});

test("what is read keeps prefixes, declarations, parents and marks", () => {
  const reading = readXml("\uFEFF<?xml version='1.0'?><p:a xmlns:p='u' xmlns='v' p:x='1'><b> t </b></p:a>");
  if (!reading.ok) throw new Error(reading.error.message);
  expect(reading).toMatchObject({ hasBom: true, hasDeclaration: true });
  expect(reading.root).toMatchObject({ ns: "u", prefix: "p", local: "a", declarations: { p: "u", "": "v" } });
  expect(reading.root.attributes).toEqual([{ ns: "u", prefix: "p", local: "x", value: "1" }]);
  const [b] = childrenOf(reading.root);
  expect(b?.parent).toBe(reading.root);
  expect(b?.ns).toBe("v");
  expect(b && rawTextOf(b)).toBe(" t ");
  expect([...elementsOf(reading.root)]).toHaveLength(2);
});

test("an error says where it is", () => {
  expect(readXml("<a>\n  <b>&x;</b>\n</a>")).toMatchObject({ ok: false, error: { line: 2, column: 8 } });
});

test("a string with half a surrogate pair is no UTF-8", () => {
  expect(readXml("<a>\uD83D</a>")).toMatchObject({ ok: false, error: { problem: "not-utf8" } });
  expect(readXml("<a>\uDE00\uD83D</a>")).toMatchObject({ ok: false, error: { problem: "not-utf8" } });
});
