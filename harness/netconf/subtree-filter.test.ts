import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical } from "./compare.ts";
import { serialize } from "./serialize.ts";
import { filterData, selectsEvent } from "./subtree-filter.ts";
import { childrenOf, textOf } from "./tree.ts";
import type { XmlElement } from "./types.ts";
import { readXml } from "./xml.ts";

function parse(xml: string): XmlElement {
  const reading = readXml(xml);
  if (!reading.ok) throw new Error(`${reading.error.message}: ${xml}`);
  return reading.root;
}

const on = { wildcard: true };
const off = { wildcard: false };

/** What a filter, given by its content, selects of the children of `data`, as one canonical text. */
function filtered(filter: string, data: string, options = off): string {
  return filterData(parse(`<filter>${filter}</filter>`), childrenOf(parse(`<data>${data}</data>`)), options)
    .map(canonical)
    .join("");
}

const all = (data: string): string =>
  childrenOf(parse(`<data>${data}</data>`))
    .map(canonical)
    .join("");

describe("filterData on the stream tree", () => {
  const entry = (name: string, replay: boolean): string =>
    `<stream><name>${name}</name><description>about ${name}</description><replaySupport>${replay}</replaySupport></stream>`;
  const tree = (streams: string): string =>
    `<netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"><streams>${streams}</streams></netconf>`;
  const data = tree(entry("NETCONF", true) + entry("syslog", false));

  test.each([
    ["<stream/>", entry("NETCONF", true) + entry("syslog", false)],
    ["<stream></stream>", entry("NETCONF", true) + entry("syslog", false)],
    ["<stream> \n </stream>", entry("NETCONF", true) + entry("syslog", false)],
    [
      "<stream><replaySupport/></stream>",
      "<stream><replaySupport>true</replaySupport></stream><stream><replaySupport>false</replaySupport></stream>",
    ],
    ["<stream><name>NETCONF</name></stream>", entry("NETCONF", true)],
    ["<stream><name> NETCONF\n</name></stream>", entry("NETCONF", true)],
    [
      "<stream><name>NETCONF</name><description/></stream>",
      "<stream><name>NETCONF</name><description>about NETCONF</description></stream>",
    ],
    ["<stream><name>NETCONF</name><replaySupport>true</replaySupport></stream>", entry("NETCONF", true)],
    [
      "<stream><name>NETCONF</name></stream><stream><replaySupport>true</replaySupport></stream>",
      entry("NETCONF", true),
    ],
    [
      "<stream><name>NETCONF</name><description/></stream><stream><name>syslog</name></stream>",
      `<stream><name>NETCONF</name><description>about NETCONF</description></stream>${entry("syslog", false)}`,
    ],
  ])("%s", (filter, expected) => {
    expect(filtered(tree(filter), data)).toBe(all(tree(expected)));
  });

  test.each([
    ["<stream><name>NO-SUCH</name><description/></stream>"],
    ["<stream><name>NETCONF</name><replaySupport>false</replaySupport><description/></stream>"],
    ["<stream><name>netconf</name></stream>"],
    ["<stream><name>about  NETCONF</name></stream>"],
    ["<stream><unknown/></stream>"],
    ["<unknown><name>NETCONF</name></unknown>"],
    ["<stream xmlns='urn:other'/>"],
    ["<stream><name x='1'>NETCONF</name></stream>"],
    ["<stream y='1'/>"],
  ])("%s selects nothing", (filter) => {
    expect(filtered(tree(filter), data)).toBe("");
  });

  test("no children: nothing; a filter on a root: all of it", () => {
    expect(filtered("", data)).toBe("");
    expect(filtered("<netconf xmlns='urn:ietf:params:xml:ns:netmod:notification'/>", data)).toBe(all(data));
  });

  test("the null namespace is a wildcard on base:1.1 sessions only", () => {
    const filter = "<netconf xmlns=''><streams><stream><name>NETCONF</name></stream></streams></netconf>";
    expect(filtered(filter, data, on)).toBe(all(tree(entry("NETCONF", true))));
    expect(filtered(filter, data, off)).toBe("");
    expect(filtered("<a/>", "<a>x</a>", off)).toBe(all("<a>x</a>"));
  });
});

describe("filterData", () => {
  test.each([
    ["attributes narrow", "<i n='1'/>", "<i n='1'>a</i><i n='2'>b</i><i>c</i>", "<i n='1'>a</i>"],
    [
      "so do qualified ones",
      "<i p:n='1' xmlns:p='u'/>",
      "<i n='1'/><i xmlns:q='u' q:n='1'/>",
      "<i xmlns:q='u' q:n='1'/>",
    ],
    ["a wildcard is none for attributes", "<i n='1'/>", "<i xmlns:q='u' q:n='1'/>", ""],
    ["inner white space counts", "<r><a>x y</a></r>", "<r><a>x  y</a></r><r><a> x y </a></r>", "<r><a> x y </a></r>"],
    ["other kinds of space are text", "<r><a>x</a></r>", "<r><a>\u00A0x</a></r>", ""],
    ["a value is one of a leaf-list", "<r><a>2</a><b/></r>", "<r><a>1</a><a>2</a><b/><c/></r>", "<r><a>2</a><b/></r>"],
    ["a failed content match prunes", "<r><a>1</a><b>9</b><c/></r>", "<r><a>1</a><b>2</b><c/></r>", ""],
    ["nested output", "<r><s><t/></s></r>", "<r><s><t/><u/></s><s><u/></s></r>", "<r><s><t/></s></r>"],
    ["nested failure leaves the rest", "<r><a/><s><t>1</t></s></r>", "<r><a/><s><t>2</t></s></r>", "<r><a/></r>"],
    [
      "the matched leaf stays (get)",
      "<r><a>1</a><s><t>1</t></s></r>",
      "<r><a>1</a><s><t>2</t></s></r>",
      "<r><a>1</a></r>",
    ],
    ["same names unite", "<r><a/></r><r><b/></r>", "<r><a/><b/><c/></r>", "<r><a/><b/></r>"],
    ["entire beats partial", "<r><a/></r><r/>", "<r><a/><b/></r>", "<r><a/><b/></r>"],
    ["several roots", "<x/><z/>", "<x/><y/><z/>", "<x/><z/>"],
    ["content matches alone on top select all", "<x>1</x>", "<x>1</x><y/>", "<x>1</x><y/>"],
    ["or nothing", "<x>2</x><y/>", "<x>1</x><y/>", ""],
    ["a content match has no children", "<r><a>x</a></r>", "<r><a>x<b/></a></r>", ""],
  ])("%s", (_, filter, data, expected) => {
    expect(filtered(filter, data)).toBe(all(expected));
  });

  test("copies keep their place: prefixes in scope and parents", () => {
    const data = parse("<d xmlns:p='u'><p:a><p:b>p:x</p:b><p:c/></p:a></d>");
    const [copy] = filterData(parse("<f><a xmlns='u'><b/></a></f>"), childrenOf(data), off);
    expect(copy && serialize(copy)).toBe('<p:a xmlns:p="u"><p:b>p:x</p:b></p:a>');
    expect(copy && childrenOf(copy)[0]?.parent).toBe(copy);
    expect(serialize(data)).toContain("<p:c/>");
  });
});

/** Small trees over few names, so that filters hit. */
const tree = (leaf: fc.Arbitrary<string>, depth: number): fc.Arbitrary<string> => {
  const tag = fc.constantFrom("a", "a", "b");
  const attribute = fc.constantFrom("", "", "", "", "", "", " k='1'", " k='2'");
  const element = (content: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(tag, attribute, content).map(([name, extra, inner]) => `<${name}${extra}>${inner}</${name}>`);
  const grow = (level: number): fc.Arbitrary<string> =>
    level === 0
      ? element(leaf)
      : element(
          fc.oneof(
            leaf,
            fc.array(grow(level - 1), { minLength: 1, maxLength: 3 }).map((inner) => inner.join("")),
          ),
        );
  return grow(depth);
};
const filterTrees = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(tree(fc.constantFrom("", "1", "1", "2"), 2), { maxLength }).map((trees) => trees.join(""));
const dataTree = tree(fc.constantFrom("", "1", "1", "2"), 3);

/** A filter close to the data: nodes dropped, values blanked or changed, an element added that is not there. */
function derived(data: XmlElement, decisions: readonly number[]): string {
  let next = 0;
  const decide = (chances: number): boolean => (decisions[next++ % decisions.length] ?? 0) % chances === 0;
  const node = (from: XmlElement): string => {
    const inner = childrenOf(from).map((one) => (decide(3) ? "" : node(one)));
    if (decide(8)) inner.push("<z/>");
    const text = decide(3) ? "" : decide(6) ? "2" : textOf(from);
    const attributes = decide(2) ? "" : from.attributes.map(({ local, value }) => ` ${local}='${value}'`).join("");
    return `<${from.local}${attributes}>${inner.join("") || text}</${from.local}>`;
  };
  return node(data);
}
const pairs = fc
  .tuple(dataTree, filterTrees(2), fc.array(fc.nat(), { minLength: 1, maxLength: 30 }), fc.boolean())
  .map(([data, filter, decisions, alone]) => [data, derived(parse(data), decisions) + (alone ? "" : filter)] as const);

const isMatch = (f: XmlElement, d: XmlElement): boolean =>
  f.local === d.local &&
  f.attributes.every((x) => d.attributes.some((y) => x.local === y.local && x.value === y.value)) &&
  (childrenOf(f).length > 0 || textOf(f) === "" || (childrenOf(d).length === 0 && textOf(f) === textOf(d)));
const isTest = (f: XmlElement): boolean => childrenOf(f).length === 0 && textOf(f) !== "";

/**
 * An independent reading of RFC 6241 §6.2.5, by paths: an element is output entire when a chain of filter
 * nodes matches it and its ancestors, all content matches beside the chain hold, and the chain ends there.
 */
function outputOf(filter: XmlElement, data: XmlElement): string {
  const holds = (fs: XmlElement[], ds: XmlElement[]): boolean =>
    fs.filter(isTest).every((f) => ds.some((d) => isMatch(f, d)));
  const ends = (f: XmlElement, d: XmlElement): boolean =>
    childrenOf(f).every(isTest) && holds(childrenOf(f), childrenOf(d));
  const chains = (line: XmlElement[], fs: XmlElement[], siblings: XmlElement[]): boolean => {
    const [d, ...below] = line;
    if (d === undefined || !holds(fs, siblings)) return false;
    return fs.some(
      (f) => isMatch(f, d) && (ends(f, d) || (childrenOf(f).length > 0 && chains(below, childrenOf(f), childrenOf(d)))),
    );
  };
  const top = childrenOf(filter);
  const everything = top.length > 0 && top.every(isTest) && holds(top, [data]);
  const prune = (d: XmlElement, line: XmlElement[]): XmlElement[] => {
    if (everything || chains([...line, d], top, [data])) return [d];
    const children = childrenOf(d).flatMap((inner) => prune(inner, [...line, d]));
    return children.length === 0 ? [] : [{ ...d, children }];
  };
  return prune(data, []).map(canonical).join("");
}

test("filterData agrees with a reading by paths on generated filters and data", () => {
  fc.assert(
    fc.property(fc.oneof(pairs, fc.tuple(dataTree, filterTrees(3))), ([xml, filter]) => {
      const root = parse(`<filter>${filter}</filter>`);
      const data = parse(xml);
      expect(filterData(root, [data], off).map(canonical).join("")).toBe(outputOf(root, data));
    }),
    { numRuns: 1500 },
  );
});

describe("selectsEvent", () => {
  const ns = "http://example.com/event/1.0";
  const event = (kind: string, card: string, rest = ""): XmlElement =>
    parse(
      `<event xmlns="${ns}"><eventClass>${kind}</eventClass><reportingEntity><card>${card}</card></reportingEntity>${rest}</event>`,
    );
  const passes = (filter: string, content: XmlElement, options = off): unknown =>
    selectsEvent(parse(`<filter xmlns="${ns}">${filter}</filter>`), content, options);

  const kinds = ["fault", "state", "config"].map((kind) => `<event><eventClass>${kind}</eventClass></event>`).join("");
  const nested = `<event><eventClass>state</eventClass></event><event><eventClass>config</eventClass></event>
    <event><eventClass>fault</eventClass><reportingEntity><card>Ethernet0</card></reportingEntity></event>`;

  test.each([
    ["fault", "Ethernet0", true],
    ["state", "Ethernet2", true],
    ["accounting", "Ethernet0", false],
  ])("RFC 5277 §5.1, first sample: %s of %s is %s", (kind, card, expected) => {
    expect(passes(kinds, event(kind, card))).toBe(expected);
  });

  test.each([
    ["fault", "Ethernet0", true],
    ["fault", "Ethernet2", false],
    ["state", "Ethernet2", true],
    ["config", "Ethernet0", true],
    ["accounting", "Ethernet0", false],
  ])("RFC 5277 §5.1, second sample: %s of %s is %s", (kind, card, expected) => {
    expect(passes(nested, event(kind, card))).toBe(expected);
  });

  const major = event("fault", "Ethernet0", "<severity>major</severity><t n='1'>7</t>");
  test.each([
    ["", false],
    ["<event/>", true],
    ["<event> </event>", true],
    ["<other/>", false],
    ["<other/><event/>", true],
    ["<event xmlns='urn:other'/>", false],
    ["<event><severity/></event>", true],
    ["<event><operState/></event>", false],
    ["<event><operState/><severity/></event>", true],
    ["<event><reportingEntity><card/></reportingEntity></event>", true],
    ["<event><reportingEntity><slot/></reportingEntity></event>", false],
    ["<event><severity> major </severity></event>", true],
    ["<event><severity>Major</severity></event>", false],
    ["<event><operState>up</operState></event>", false],
    ["<event><eventClass>fault</eventClass><severity/></event>", true],
    ["<event><eventClass>fault</eventClass><operState/></event>", "undecided"],
    ["<event><eventClass>state</eventClass><operState/></event>", false],
    ["<event><eventClass>fault</eventClass><reportingEntity><slot/></reportingEntity></event>", "undecided"],
    ["<event><eventClass>fault</eventClass><reportingEntity><card/><slot/></reportingEntity></event>", "undecided"],
    ["<event><operState/><reportingEntity><card>Ethernet0</card></reportingEntity></event>", "undecided"],
    ["<event><severity/><reportingEntity><card>Ethernet1</card></reportingEntity></event>", false],
    ["<event><eventClass>fault</eventClass><operState/></event><event><severity/></event>", true],
    ["<event><eventClass>fault</eventClass><eventClass>state</eventClass></event>", false],
    ["<event><t n='1'/></event>", true],
    ["<event><t n='2'/></event>", false],
    ["<event><t n='1'>7</t></event>", true],
    ["<event k='1'><severity>major</severity></event>", false],
  ])("%s: %s", (filter, expected) => {
    expect(passes(filter, major)).toBe(expected);
  });

  test("the null namespace is a wildcard where the session has it", () => {
    const bare = "<event xmlns=''><severity>major</severity></event>";
    expect(passes(bare, major, on)).toBe(true);
    expect(passes(bare, major, off)).toBe(false);
    expect(passes("<event><severity xmlns=''>major</severity></event>", major, on)).toBe(true);
  });

  test("a condition holds within one instance of a list", () => {
    const list = parse("<e><i><n>1</n><s>up</s></i><i><n>2</n><s>down</s></i></e>");
    const filter = (n: number, s: string) => parse(`<filter><e><i><n>${n}</n><s>${s}</s></i></e></filter>`);
    expect(selectsEvent(filter(2, "down"), list, off)).toBe(true);
    expect(selectsEvent(filter(2, "up"), list, off)).toBe(false);
  });

  /**
   * An independent reading of the rule, by brute force over all ways to map the nodes of a filter tree to
   * elements: the event passes when the whole tree fits; when only its conditions fit nothing decides.
   */
  function bruteForce(filter: XmlElement, content: XmlElement): unknown {
    const everyNode = (root: XmlElement): XmlElement[] => [root, ...childrenOf(root).flatMap(everyNode)];
    const targets = everyNode(content);
    const fits = (nodes: XmlElement[], top: XmlElement): boolean => {
      const place = (index: number, chosen: Map<XmlElement, XmlElement>): boolean => {
        const node = nodes[index];
        if (node === undefined) return true;
        return targets.some((target) => {
          const above = node === top ? target === content : target.parent === chosen.get(node.parent as XmlElement);
          return above && isMatch(node, target) && place(index + 1, new Map([...chosen, [node, target]]));
        });
      };
      return place(0, new Map());
    };
    const line = (node: XmlElement, top: XmlElement): XmlElement[] =>
      node === top ? [top] : [...line(node.parent as XmlElement, top), node];
    const results = childrenOf(filter).map((top) => {
      const nodes = everyNode(top);
      const tests = new Set(nodes.filter(isTest).flatMap((node) => line(node, top)));
      if (tests.size === 0) {
        return nodes.some((node) => childrenOf(node).length === 0 && fits(line(node, top), top));
      }
      if (fits(nodes, top)) return true;
      return fits(
        [...nodes].filter((node) => tests.has(node)),
        top,
      )
        ? "undecided"
        : false;
    });
    return results.includes(true) || (results.includes("undecided") ? "undecided" : false);
  }

  test("it agrees with brute force on generated filters and events", () => {
    const seen = new Map<unknown, number>();
    fc.assert(
      fc.property(pairs, ([xml, filter]) => {
        const root = parse(`<filter>${filter}</filter>`);
        const data = parse(xml);
        const result = selectsEvent(root, data, off);
        seen.set(result, (seen.get(result) ?? 0) + 1);
        expect(result).toBe(bruteForce(root, data));
      }),
      { numRuns: 1500 },
    );
    for (const result of [true, false, "undecided"]) expect(seen.get(result)).toBeGreaterThan(5);
  });
});
