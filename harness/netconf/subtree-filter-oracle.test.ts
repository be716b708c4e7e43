/**
 * The judge's subtree filter against two evaluations that share no code with it, on generated filters and events in
 * three namespaces: the reference's own filter, and each filter rewritten as XPath 1.0 and evaluated by libxml2. And
 * the worked cases on the stream tree, by the judge and by the reference.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { passesSubtree, selectSubtree } from "../reference/subtree-filter.ts";
import { readXml as readForReference } from "../reference/xml-read.ts";
import { type Element, elements } from "../reference/xml-tree.ts";
import { writeXml } from "../reference/xml-write.ts";
import { canonical } from "./compare.ts";
import { libxml2 } from "./libxml2.ts";
import { filterData, selectsEvent } from "./subtree-filter.ts";
import { childrenOf, textOf } from "./tree.ts";
import type { XmlElement } from "./types.ts";
import { readXml } from "./xml.ts";

function ours(xml: string): XmlElement {
  const reading = readXml(xml);
  if (!reading.ok) throw new Error(`${reading.error.message}: ${xml}`);
  return reading.root;
}

function theirs(xml: string): Element {
  const reading = readForReference(xml);
  if (!reading.ok) throw new Error(`${reading.message}: ${xml}`);
  return reading.root;
}

// ---- generated pairs ----

/** An element before it is written: a name in a namespace, at most one attribute, and children or a value. */
interface Made {
  readonly ns: string;
  readonly local: string;
  readonly attribute: string;
  readonly value: string;
  readonly children: readonly Made[];
}

const write = ({ ns, local, attribute, value, children }: Made): string =>
  `<${local} xmlns="${ns}"${attribute}>${children.length > 0 ? children.map(write).join("\n ") : value}</${local}>`;

const namespaces = ["urn:a", "urn:a", "urn:a", "urn:a", "urn:b"];
const locals = ["class", "entity", "entity", "card", "severity"];
const values = ["fault", "Ethernet0", "1"];
const attributes = ["", "", "", "", "", ' k="1"', ' k="2"', ' q:k="1" xmlns:q="urn:q"'];

const node = (depth: number, filter: boolean): fc.Arbitrary<Made> =>
  fc.record({
    ns: fc.constantFrom(...namespaces, ...(filter ? [""] : [])),
    local: fc.constantFrom(...locals),
    attribute: fc.constantFrom(...attributes),
    value: fc.constantFrom("", ...values, ...values.map((value) => `\n  ${value} `)),
    children:
      depth === 0
        ? fc.constant([])
        : fc.oneof(fc.constant([]), fc.array(node(depth - 1, filter), { minLength: 1, maxLength: 3 })),
  });

const eventOf = (filter: boolean): fc.Arbitrary<Made> =>
  fc.record({
    ns: fc.constantFrom("urn:a", "urn:a", "urn:a", filter ? "" : "urn:a", "urn:b"),
    local: fc.constant("event"),
    attribute: fc.constant(""),
    value: fc.constant(""),
    children: fc.array(node(1, filter), { maxLength: 3 }),
  });

/** A filter that resembles the event: parts dropped, values left out or changed, namespaces and attributes left out. */
function resembling(event: Made, dice: () => number): Made {
  const one = (chances: number): boolean => dice() % chances === 0;
  const children = event.children.filter(() => !one(3)).map((child) => resembling(child, dice));
  return {
    local: one(25) ? "other" : event.local,
    ns: one(8) ? "" : event.ns,
    attribute: one(2) ? "" : event.attribute,
    value: one(3) ? "" : one(6) ? "fault" : event.value,
    children: one(5) ? [] : children,
  };
}

const pairs: fc.Arbitrary<readonly [readonly Made[], Made]> = fc
  .tuple(
    eventOf(false),
    fc.array(eventOf(true), { maxLength: 2 }),
    fc.array(fc.nat(999), { minLength: 40, maxLength: 40 }),
    fc.nat(3),
  )
  .map(([event, random, numbers, how]) => {
    let at = 0;
    const dice = (): number => numbers[at++ % numbers.length] ?? 0;
    return [how === 0 ? random : [resembling(event, dice), ...(how === 1 ? random : [])], event] as const;
  });

const samples = fc.sample(pairs, { numRuns: 2400, seed: 5277 }).map(([trees, event], index) => {
  const texts = { filter: `<filter>${trees.map(write).join("\n")}</filter>`, event: write(event) };
  return {
    ...texts,
    ours: { filter: ours(texts.filter), event: ours(texts.event) },
    theirs: { filter: theirs(texts.filter), event: theirs(texts.event) },
    /** base:1.1 or base:1.0. */
    wildcard: index % 3 > 0,
  };
});

// ---- the rewriting ----

const quoted = (text: string): string => `"${text}"`;

/** Name, attributes and value of one filter node, as a step with predicates. */
function step(filter: XmlElement, wildcard: boolean): string {
  const isAny = wildcard && filter.ns === "";
  const name = `local-name()=${quoted(filter.local)}${isAny ? "" : ` and namespace-uri()=${quoted(filter.ns)}`}`;
  const conditions = filter.attributes.map(
    ({ ns, local, value }) => `[@*[local-name()="${local}" and namespace-uri()="${ns}"]="${value}"]`,
  );
  const isValue = childrenOf(filter).length === 0 && textOf(filter) !== "";
  return `*[${name}]${conditions.join("")}${isValue ? `[not(*)][normalize-space(.)=${quoted(textOf(filter))}]` : ""}`;
}

const tests = (filter: XmlElement): boolean =>
  childrenOf(filter).length === 0 ? textOf(filter) !== "" : childrenOf(filter).some(tests);

/**
 * RFC 5277 §5.1, second sample: in one tree everything that holds a content match is one conjunction; a tree without
 * any passes when anything it selects is there. `strict`: what stands beside the conditions has to be there as well.
 */
function rewritten(filter: XmlElement, wildcard: boolean, strict: boolean): string {
  const whole = (tree: XmlElement): string =>
    step(tree, wildcard) +
    childrenOf(tree)
      .map((child) => `[${whole(child)}]`)
      .join("");
  const tree = (one: XmlElement): string => {
    const children = childrenOf(one);
    const conditions = children.filter(tests);
    if (children.length === 0) return step(one, wildcard);
    if (conditions.length === 0) return `${step(one, wildcard)}[${children.map(tree).join(" or ")}]`;
    const beside = strict ? children.filter((child) => !tests(child)).map(whole) : [];
    return step(one, wildcard) + [...conditions.map(tree), ...beside].map((path) => `[${path}]`).join("");
  };
  const trees = childrenOf(filter).map((one) => `boolean(/${tree(one)})`);
  return trees.length === 0 ? "false()" : trees.join(" or ");
}

function byXPath(expressions: readonly string[], event: string): boolean[] {
  const document = libxml2.XmlDocument.fromString(event);
  try {
    return expressions.map((expression) => Boolean(document.root.eval(expression)));
  } finally {
    document.dispose();
  }
}

// ---- agreement ----

test("events pass in the judge, in the reference and in libxml2 alike", { timeout: 30_000 }, () => {
  const seen = new Map<unknown, number>();
  const disagreements = samples.flatMap(({ filter, event, ours, theirs, wildcard }) => {
    const judged = selectsEvent(ours.filter, ours.event, { wildcard });
    const served = passesSubtree(theirs.filter, theirs.event, wildcard);
    const both = [true, false].map((strict) => rewritten(ours.filter, wildcard, strict));
    const [strict = false, lenient = false] = byXPath(both, event);
    seen.set(judged, (seen.get(judged) ?? 0) + 1);
    // Undecided by the documents: a node that is only selected is absent beside conditions that hold.
    const wanted = strict === lenient ? strict : "undecided";
    return judged === wanted && served === lenient ? [] : [{ filter, event, wildcard, judged, wanted, served }];
  });
  expect(disagreements).toEqual([]);
  for (const verdict of [true, false, "undecided"]) expect(seen.get(verdict)).toBeGreaterThan(10);
});

test("data are selected in the judge and in the reference alike", { timeout: 30_000 }, () => {
  let selected = 0;
  const disagreements = samples.flatMap(({ filter, event, ours: mine, theirs, wildcard }) => {
    const judged = filterData(mine.filter, [mine.event], { wildcard }).map(canonical).join("");
    const served = selectSubtree(theirs.filter, [theirs.event], wildcard)
      .map((one) => canonical(ours(writeXml(one))))
      .join("");
    selected += judged === "" ? 0 : 1;
    return judged === served ? [] : [{ filter, event, wildcard, judged, served }];
  });
  expect(disagreements).toEqual([]);
  expect(selected).toBeGreaterThan(400);
});

describe("the worked cases on the stream tree", () => {
  const entry = (name: string): string =>
    `<stream><name>${name}</name><description>about ${name}</description><replaySupport>true</replaySupport></stream>`;
  const tree = (streams: string): string =>
    `<netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"><streams>${streams}</streams></netconf>`;
  const data = tree(entry("NETCONF") + entry("syslog"));
  const one = tree(entry("NETCONF"));
  const flags = "<stream><replaySupport>true</replaySupport></stream>";

  test.each([
    ["no children", "", ""],
    ["all entries", tree("<stream/>"), data],
    ["a leaf of every entry", tree("<stream><replaySupport/></stream>"), tree(flags + flags)],
    ["one entry, complete", tree("<stream><name>NETCONF</name></stream>"), one],
    [
      "two leaves of one entry",
      tree("<stream><name>NETCONF</name><description/></stream>"),
      tree("<stream><name>NETCONF</name><description>about NETCONF</description></stream>"),
    ],
    ["no such entry", tree("<stream><name>NO-SUCH</name><description/></stream>"), ""],
    ["one entry twice", tree("<stream><name>NETCONF</name></stream>").repeat(2), one],
    ["an unknown element", '<nothing xmlns="urn:x"/>', ""],
  ])("%s", (_what, inside, expected) => {
    const filter = `<filter>${inside}</filter>`;
    const wanted = expected === "" ? [] : [canonical(ours(expected))];
    expect(filterData(ours(filter), [ours(data)], { wildcard: true }).map(canonical)).toEqual(wanted);
    const served = selectSubtree(theirs(filter), [theirs(data)], true);
    expect(served.map((root) => canonical(ours(writeXml(root))))).toEqual(wanted);
  });

  /** The one known difference: content matches alone directly below filter. No data model has such a root. */
  test("a leaf as a root of the data is read in two ways", () => {
    const filter = "<filter><x>1</x></filter>";
    const roots = "<data><x>1</x><y/></data>";
    expect(filterData(ours(filter), childrenOf(ours(roots)), { wildcard: false })).toHaveLength(2);
    expect(selectSubtree(theirs(filter), elements(theirs(roots)), false)).toHaveLength(1);
  });
});
