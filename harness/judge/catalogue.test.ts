import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ruleIds } from "../wire/rules.ts";
import type { DialectName, End } from "../wire/types.ts";
import { catalogueOf, loadCatalogue } from "./catalogue.ts";
import type { Requirement } from "./types.ts";

const fixtures = join(import.meta.dirname, "..", "..", "fixtures");
const folder = join(fixtures, "requirements");
const catalogue = loadCatalogue(folder);

const prefix: Record<DialectName, string> = { rfc6455: "WS-", "hybi-06": "H06-", "hybi-00": "H00-" };

/** Area of the ids of each file; a row in the wrong file is found by nobody. */
const areas: Record<string, RegExp> = {
  "rfc6455.yaml": /^WS-(HS|FRM|FRG|UTF|CTL|CLS|TCP|SEC)-/,
  "hybi-06.yaml": /^H06-(HS|FRM|FRG|UTF|CTL|CLS|TCP|SEC)-/,
  "hybi-00.yaml": /^H00-(HS|FRM|CLS|TCP|SEC)-/,
  "netconf.yaml": /^NC-/,
  "notifications.yaml": /^NTF-(?!BASE-)/,
  "base-events.yaml": /^NTF-BASE-/,
  "binding.yaml": /^IID-/,
  "soap.yaml": /^SOAP-/,
  "security.yaml": /^SEC-/,
};

function lock(): readonly (readonly [id: string, state: string])[] {
  const lines = readFileSync(join(folder, "ids.lock"), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [id = "", state = ""] = line.split(" ");
    return [id, state] as const;
  });
}

describe("the catalogue", () => {
  test("every file holds rows of its own area", () => {
    expect(readdirSync(folder).sort()).toEqual([...Object.keys(areas), "ids.lock"].sort());
    for (const [name, area] of Object.entries(areas)) {
      const ids = [...readFileSync(join(folder, name), "utf8").matchAll(/^- id: (\S+)$/gm)].map((match) => match[1]);
      expect(ids.filter((id) => !area.test(id ?? ""))).toEqual([]);
    }
  });

  test("every row is a single sentence with a citation", () => {
    for (const row of catalogue.all) {
      expect(row.statement, row.id).toMatch(/\.$/);
      expect(row.source, row.id).toMatch(/^(RFC \d+ |hybi-0[06] §|draft-iijima)/);
    }
  });

  test("a policy never binds by MUST", () => {
    const binding = catalogue.all.filter((row) => row.basis === "policy" && row.level.startsWith("MUST"));
    expect(binding.map((row) => row.id)).toEqual([]);
  });

  test("finds rows by id", () => {
    expect(catalogue.get("WS-CTL-004")?.source).toBe("RFC 6455 §5.5.3");
    expect(catalogue.has("NTF-RPL-004")).toBe(true);
    expect(catalogue.has("WS-NONE-001")).toBe(false);
    expect(catalogue.get("WS-NONE-001")).toBeUndefined();
  });
});

describe("ids.lock", () => {
  test("is sorted, with a known state a line and no id twice", () => {
    const ids = lock().map(([id]) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(lock().filter(([, state]) => state !== "active" && state !== "retired")).toEqual([]);
  });

  test("no id disappears: the active ids are exactly those of the catalogue", () => {
    const active = lock().flatMap(([id, state]) => (state === "active" ? [id] : []));
    expect(catalogue.all.map((row) => row.id).sort()).toEqual(active);
  });

  test("no id is used again after it was retired", () => {
    const retired = lock().flatMap(([id, state]) => (state === "retired" ? [id] : []));
    expect(retired.filter((id) => catalogue.has(id))).toEqual([]);
  });
});

describe("wire rules", () => {
  const rows = Object.entries(ruleIds).flatMap(([dialect, rules]) =>
    Object.entries(rules).flatMap(([rule, ends]) =>
      (["server", "client"] as const satisfies readonly End[]).flatMap((end) => {
        const id = ends[end];
        return id === undefined ? [] : [{ dialect: dialect as DialectName, rule, end, id }];
      }),
    ),
  );

  test.each(rows)("$dialect $rule by the $end is $id", ({ dialect, rule, end, id }) => {
    const row = catalogue.get(id);
    expect(row).toBeDefined();
    expect(id.startsWith(prefix[dialect])).toBe(true);
    expect(["both", end]).toContain(row?.role);
    if (rule.startsWith("response-")) expect(end).toBe("server");
    if (rule.startsWith("request-")) expect(end).toBe("client");
  });

  test("a row that binds both ends is charged to either", () => {
    for (const { dialect, rule, id } of rows) {
      if (catalogue.get(id)?.role !== "both") continue;
      const charged = rows.filter((other) => other.dialect === dialect && other.rule === rule);
      expect(charged.map((other) => other.end).sort(), `${dialect} ${rule}`).toEqual(["client", "server"]);
    }
  });

  test("no row is charged for two rules of a dialect", () => {
    const pairs = [...new Set(rows.map((row) => `${row.id} ${row.rule}`))].map((pair) => pair.split(" ")[0]);
    expect(pairs).toHaveLength(new Set(pairs).size);
  });
});

describe("loading", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "catalogue-"));
    mkdirSync(join(root, "schemas"));
    const schema = readFileSync(join(fixtures, "schemas", "requirements.schema.json"));
    writeFileSync(join(root, "schemas", "requirements.schema.json"), schema);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const row = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
    id: "X-001",
    level: "MUST",
    role: "server",
    source: "RFC 1 §1",
    basis: "normative",
    statement: "It holds.",
    defect: "It does not.",
    ...fields,
  });

  /** Loads a folder with these files; gives the message of the error with the folder cut off. */
  function failure(files: Record<string, string | readonly unknown[]>): string {
    const dir = mkdtempSync(join(root, "rows-"));
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(dir, name), typeof content === "string" ? content : JSON.stringify(content));
    }
    try {
      loadCatalogue(dir);
    } catch (error) {
      return (error as Error).message.replaceAll(`${dir}/`, "").replaceAll(dir, "");
    }
    return "loaded";
  }

  test("accepts a right row", () => {
    expect(failure({ "a.yaml": [row()] })).toBe("loaded");
  });

  test.each([
    [
      "a level that is none",
      row({ level: "SHALL" }),
      "X-001: level must be one of MUST, MUST NOT, SHOULD, SHOULD NOT, MAY",
    ],
    ["a missing field", row({ statement: undefined }), "X-001: lacks the field statement"],
    ["an unknown field", row({ witness: "R-01" }), "X-001: has an unknown field witness"],
    ["an id without a number", row({ id: "X-1" }), "X-1: id must match pattern"],
    ["a row without an id", row({ id: undefined }), "row 1: lacks the field id"],
  ])("names %s", (_, bad, message) => {
    expect(failure({ "a.yaml": [bad] })).toContain(`a.yaml: ${message}`);
  });

  test("names both files of an id that is used twice", () => {
    const message = failure({ "a.yaml": [row()], "b.yaml": [row()] });
    expect(message).toBe("b.yaml: X-001: the id is used twice, also in a.yaml");
  });

  test.each([
    ["not YAML", '- id: "X-001\n- id: [', /^a\.yaml:\d+: /],
    ["an alias to nothing", "- *nothing", /^a\.yaml(:\d+)?: /],
    ["no list", "id: X-001", /^a\.yaml: the file must be array$/],
    ["empty", "", /^a\.yaml: the file must be array$/],
  ])("tells in one line that a file is %s", (_, text, pattern) => {
    const message = failure({ "a.yaml": text });
    expect(message).toMatch(pattern);
    expect(message).not.toContain("\n");
  });

  test("tells that there is nothing to load", () => {
    expect(failure({})).toBe(": no requirement files");
    expect(() => loadCatalogue(join(root, "absent"))).toThrow(/absent: ENOENT/);
  });

  test("rows that are already there may not share an id", () => {
    const one = row() as unknown as Requirement;
    expect(() => catalogueOf([one, one])).toThrow("X-001: the id is used twice");
  });
});
