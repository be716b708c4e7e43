import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { describe, expect, test } from "vitest";
import type { Cell, MatrixResults } from "../../harness/matrix/results.ts";
import sample from "../samples/matrix.json" with { type: "json" };
import { styleFor } from "../style.ts";
import { charges } from "./charges.ts";
import { cellLine, matrixSummary } from "./console.ts";
import { matrixMarkdown } from "./markdown.ts";
import { matrixOutcome } from "./words.ts";

const results = sample as unknown as MatrixResults;
const style = styleFor(false);

describe("matrix.schema.json", () => {
  const ajv = new Ajv2020({ allErrors: true });
  formats.default(ajv);
  const valid = ajv.compile(
    JSON.parse(readFileSync(new URL("../../fixtures/schemas/matrix.schema.json", import.meta.url), "utf8")),
  );
  const edit = (change: (copy: typeof sample) => unknown) => {
    const copy = structuredClone(sample);
    change(copy);
    return copy;
  };

  test("accepts a matrix, complete or cut short", () => {
    expect(valid(sample) || valid.errors).toBe(true);
    expect(valid({ ...sample, complete: false, reason: "interrupted" })).toBe(true);
  });

  test.each<[string, unknown]>([
    ["another schema", { ...sample, schema: "ncwspec-matrix/2" }],
    ["one cut short without a reason", { ...sample, complete: false }],
    ["an unknown field", { ...sample, extra: 1 }],
    ["an unknown verdict", edit(({ cells }) => Object.assign(cells[0] ?? {}, { verdict: "pass" }))],
    ["a refusal without a reason", edit(({ cells }) => delete (cells[7] as { reason?: string }).reason)],
    [
      "a peer that is not there without a reason",
      edit(({ servers }) => Object.assign(servers[3] ?? {}, { unavailable: "" })),
    ],
    ["an id without ×", edit(({ cells }) => Object.assign(cells[0] ?? {}, { id: "a/b" }))],
    ["a finding of nobody", edit(({ cells }) => Object.assign(cells[7]?.parts[0]?.findings[0] ?? {}, { end: "us" }))],
    ["a missing count", edit(({ summary }) => delete (summary as Record<string, number>)["no-talk"])],
  ])("refuses %s", (_name, value) => expect(valid(value)).toBe(false));
});

describe("Markdown", () => {
  const text = matrixMarkdown(results);

  test("has a row for each server and one for the suite, with the dialects of a pair", () => {
    expect(text).toContain("| server | suite | reference-client | chromium | firefox-esr |");
    expect(text).toContain("| reference | ✓ | ✓ 06✓ 00○ | ! | ○ |");
    expect(text).toContain("| jetty-7.4.0 |  | 06! | – |  |");
    expect(text).toMatch(/\| suite \| {2}\| ✓ \|/);
  });

  test("says why one is not there, why two do not talk, and who broke what", () => {
    expect(text).toContain("- kaazing (server): its gateway is not published in any registry");
    expect(text).toContain("- acme×reference-client@rfc6455: the client closed with code 1002");
    expect(text).toContain("| acme (server) | WS-HS-016 | MUST | RFC 6455 §4.2.2 |");
  });

  test("text of a peer is no markup", () => {
    const [first] = results.servers;
    const hostile = { ...results, servers: [{ ...first, name: "a|b <i>*", unavailable: "x\n# y" }] } as MatrixResults;
    expect(matrixMarkdown(hostile)).toContain("| a\\|b &lt;i&gt;\\* |");
    expect(matrixMarkdown(hostile)).not.toMatch(/^# y/m);
  });
});

test("charges: one row for each peer and requirement, those that bind first, the known last", () => {
  expect(charges(results).map(({ peer, finding, cells }) => [peer, finding.requirement, cells.length])).toEqual([
    ["acme", "WS-HS-016", 2],
    ["chromium", "NC-RPC-002", 1],
    ["jetty-7.4.0", "H06-FRM-010", 1],
  ]);
});

describe("the terminal", () => {
  const cell = (verdict: string) => results.cells.find((one) => one.verdict === verdict) as Cell;

  test("a line a cell", () => {
    expect(cellLine(cell("talk"), style)).toBe("talk                  reference×reference-client@rfc6455 210 ms");
    expect(cellLine(cell("no-talk"), style)).toMatch(
      /^do not talk +acme×reference-client@rfc6455 130 ms {2}the client closed/,
    );
    expect(cellLine({ ...cell("talk"), reason: "a\nb" }, style)).not.toContain("\n");
  });

  test("the summary: what is unexpected, what is not there, and one line that says it", () => {
    const options = {
      style,
      columns: 100,
      unexpected: [cell("no-talk")],
      stale: ["a×b"],
      written: ["out/index.html"],
      quiet: false,
    };
    const text = matrixSummary(results, options);
    for (const part of [
      "Unexpected\n  acme×reference-client",
      "Not available here\n  kaazing: ",
      "Findings\n  acme WS-HS-016",
      "a×b",
      "Reports: out/index.html",
    ])
      expect(text).toContain(part);
    expect(text.trimEnd().split("\n").at(-1)).toMatch(/^The suite failed in 1 cell \(4 talk, /);
    expect(matrixSummary(results, { ...options, quiet: true })).not.toContain("Reports");
  });
});

test.each<[string, Partial<MatrixResults>, Cell[], string[], RegExp]>([
  ["cut short", { complete: false, reason: "interrupted" }, [], [], /^Incomplete: interrupted$/],
  ["less than planned", { planned: 99 }, [], [], /^Only 14 of 99 planned cells were tried$/],
  [
    "nothing to try",
    { summary: { ...results.summary, error: 0, unavailable: 13, "not-common": 1 } },
    [],
    [],
    /^No cell came/,
  ],
  ["unexpected", {}, [results.cells[7] as Cell], [], /^1 cell with what nobody has explained$/],
  ["stale", {}, [], ["a×b"], /^1 known cell no longer wrong$/],
  ["good", {}, [], [], /^Nothing unexpected$/],
])("outcome: %s", (_name, more, unexpected, stale, text) => {
  const given = { ...results, summary: { ...results.summary, error: 0 }, ...more };
  expect(matrixOutcome(given, unexpected, stale).text).toMatch(text);
});
