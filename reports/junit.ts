import { XMLBuilder } from "fast-xml-parser";
import { type CaseResult, isUnexpected, type Results } from "../harness/run/results.ts";
import { tallies } from "./counts.ts";
import { caseText, headline, knownText } from "./findings-text.ts";

type Node = { [name: string]: unknown };

/**
 * JUnit XML: a test suite for each suite and dialect, a test case for each case. `fail` is a failure,
 * `error` an error; `n/a`, `inconc` and known failures are skipped with their reason; `warn` passes and
 * says why in system-out. With `strict`, `warn` and `inconc` are failures.
 */
export function junit(results: Results, options: { readonly strict: boolean }): string {
  const suites = tallies(results).map(({ dialect, suite, cases }) =>
    suiteNode(results, `${suite} ${dialect}`, cases, options.strict),
  );
  const root: Node = { "@name": `ncwspec ${results.target.name}`, ...totals(results.cases, options.strict) };
  root["@time"] = seconds(results.durationMs);
  root.testsuite = suites;
  const builder = new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    format: true,
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
  });
  return builder.build(clean({ "?xml": { "@version": "1.0", "@encoding": "UTF-8" }, testsuites: root }));
}

function suiteNode(results: Results, name: string, cases: readonly CaseResult[], strict: boolean): Node {
  const property = (key: string, value: string | number | boolean) => ({ "@name": key, "@value": String(value) });
  const properties = [
    property("target", results.target.name),
    property("reach", results.target.reach),
    property("seed", results.seed),
    property("complete", results.complete),
    ...(results.reason === undefined ? [] : [property("reason", results.reason)]),
  ];
  return {
    "@name": name,
    ...totals(cases, strict),
    "@time": seconds(cases.reduce((sum, { durationMs }) => sum + durationMs, 0)),
    // The schema that most readers follow allows neither fractions nor a zone.
    "@timestamp": results.startedAt.slice(0, 19),
    properties: { property: properties },
    testcase: cases.map((result) => caseNode(result, strict)),
  };
}

function caseNode(result: CaseResult, strict: boolean): Node {
  const node: Node = {
    // Dots are what readers split class names at.
    "@classname": `${result.dialect}.${result.scenario.split("/").slice(0, -1).join(".") || result.suite}`,
    "@name": result.id,
    "@time": seconds(result.durationMs),
  };
  const text = caseText(result);
  switch (fate(result, strict)) {
    case "failure":
      node.failure = { "@message": headline(result), "@type": result.verdict, "#text": text };
      break;
    case "error":
      node.error = { "@message": headline(result), "@type": "error", "#text": text };
      break;
    case "skipped":
      node.skipped = { "@message": skippedMessage(result) };
      if (result.verdict !== "n/a") node["system-out"] = text;
      break;
    case "passed":
      if (result.findings.length > 0) node["system-out"] = text;
  }
  return node;
}

function skippedMessage(result: CaseResult): string {
  if (result.known !== undefined) return `known failure: ${knownText(result.known)}`;
  return `${result.verdict}: ${headline(result)}`;
}

function fate(result: CaseResult, strict: boolean): "passed" | "failure" | "error" | "skipped" {
  if (result.verdict === "error") return "error";
  if (isUnexpected(result, strict)) return "failure";
  if (result.verdict === "pass" || (result.verdict === "warn" && result.known === undefined)) return "passed";
  return "skipped";
}

function totals(cases: readonly CaseResult[], strict: boolean): Node {
  const of = (wanted: string) => cases.filter((result) => fate(result, strict) === wanted).length;
  return { "@tests": cases.length, "@failures": of("failure"), "@errors": of("error"), "@skipped": of("skipped") };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** XML 1.0 has no way to write most control characters, lone surrogates and two noncharacters. */
function clean(node: unknown): unknown {
  if (typeof node === "string")
    return node.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd");
  if (Array.isArray(node)) return node.map(clean);
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, clean(value)]));
}
