import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import sample from "../../reports/samples/run.json" with { type: "json" };
import type { Results } from "../run/results.ts";
import { main } from "./program.ts";

const results = sample as unknown as Results;
const folder = mkdtempSync(join(tmpdir(), "ncwspec-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let said: { out: string; err: string };
beforeEach(() => {
  said = { out: "", err: "" };
  for (const name of ["stdout", "stderr"] as const)
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      said[name === "stdout" ? "out" : "err"] += String(text);
      return true;
    });
});
afterEach(() => vi.restoreAllMocks());

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

describe("mistakes: one clear line, exit code 2", { timeout: 20_000 }, () => {
  const noYaml = file("broken.yaml", "- case: [\n");
  const dead = file("dead.yaml", "- case: there/is-none\n  reason: x\n");
  test.each<[string[], RegExp]>([
    [["rnu"], /unknown command 'rnu' \(Did you mean run\?\)/],
    [["watch"], /unknown command 'watch'/],
    [["observe"], /--forward/],
    [["observe", "--forward", "here"], /Write host:port or ws:/],
    [["observe", "--forward", "wss://device/netconf"], /What TLS carries cannot be watched/],
    [["observe", "--forward", "127.0.0.1:1", "--listen", "127.0.0.1:99999"], /Write host:port/],
    [["judge", "there/is/none.pcap"], /cannot read there.is.none\.pcap/],
    [["run", "--jbos", "3"], /unknown option '--jbos' \(Did you mean --jobs\?\)/],
    [["run", "--jobs", "0"], /--jobs.*'0' is invalid. Write a whole number from 1 to 256/],
    [["run", "--jobs", "1.5"], /whole number/],
    [["run", "--jobs", "-1"], /whole number/],
    [["run", "--jobs"], /'--jobs <n>' argument missing/],
    [["run", "--time-scale", "0"], /factor from 0.01 to 1000/],
    [["run", "--time-scale", "NaN"], /factor/],
    [["run", "--seed", "1e3"], /whole number/],
    [["run", "--bail", "0"], /whole number/],
    [["run", "--shard", "4/3"], /i\/n with i from 1 to n/],
    [["run", "--shard", "0/3"], /i\/n/],
    [["run", "--level", "may"], /must or should/],
    [["run", "--dialect", "hybi-6"], /Did you mean hybi-06\?/],
    [["run", "--dialect", "hixie"], /dialects are rfc6455, hybi-06, hybi-00/],
    [["run", "--suite", "a,,b"], /empty/],
    [["run", "--json", ""], /path is empty/],
    [["run", "one", "two"], /there is one target, not 2/],
    [["run", "refrence"], /reference/],
    [["run", "http://127.0.0.1/"], /ws:\/\//],
    [["run", "--dry-run", "--case", "there/is-none"], /--case there\/is-none matches no case/],
    [["run", "--dry-run", "--requirement", "NTF-XXX-999"], /NTF-XXX-999/],
    [["run", "--known", join(folder, "none.yaml")], /none\.yaml/],
    [["run", "--known", noYaml], /broken\.yaml/],
    [["run", "--dry-run", "--known", dead], /matches nothing: there\/is-none/],
    [["run", "--rerun-failed", noYaml], /no JSON/],
    [["run", "--json", folder], /cannot write .*: it is a folder/],
    [["run", "--junit", join(noYaml, "x.xml")], /cannot write .*: it is no folder|a part of the path/],
    [["list", "thing"], /Allowed choices are cases, requirements, targets, mutants/],
    [["explain"], /missing required argument 'id'/],
    [["explain", "NTF-RPL-0044"], /did you mean NTF-RPL-004/],
    [["explain", "zzzzzzzzzzzz"], /see ncwspec list/],
    [["diff", "a.json"], /missing required argument 'b'/],
    [["report"], /missing required argument 'file'/],
    [["report", join(folder, "none.json")], /there is no such file/],
    [["report", file("other.json", { ...results, schema: "ncwspec-results/9" })], /no results file.*\/schema/],
    [["prove", "--mutants", join(folder, "none")], /none/],
  ])("ncwspec %j", async (argv, message) => {
    expect(await main(argv)).toBe(2);
    expect(said.err).toMatch(message);
    expect(said.err).toMatch(/^ncwspec: [^\n]*\n$/);
    expect(said.out).toBe("");
  });

  test("no command at all: the help, and exit code 2", async () => {
    expect(await main([])).toBe(2);
    expect(said.err).toMatch(/^Usage: ncwspec/);
  });
});

describe("help and version", () => {
  test.each(["run", "list", "explain", "prove", "diff", "report"])("%s --help has examples", async (command) => {
    expect(await main([command, "--help"])).toBe(0);
    expect(said.out).toMatch(new RegExp(`^Usage: ncwspec ${command}`));
    expect(said.out).toMatch(/Examples:\n {2}\$ ncwspec /);
  });

  test("the hidden command is not in the help", async () => {
    expect(await main(["--help"])).toBe(0);
    expect(said.out).not.toContain("engine");
  });

  test("--version", async () => {
    expect(await main(["--version"])).toBe(0);
    expect(said.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("list and explain", { timeout: 20_000 }, () => {
  test("cases, narrowed, as text and as JSON", async () => {
    expect(await main(["list", "--dialect", "hybi-06", "--suite", "hello"])).toBe(0);
    expect(said.out).toMatch(/^hello\/\S+@hybi-06 {2,}\S/m);
    expect(said.out.split("\n").filter((line) => line !== "" && !/^hello\/.*@hybi-06/.test(line))).toEqual([]);
    said.out = "";
    expect(await main(["list", "cases", "--case", "hello/plain@rfc6455", "--json"])).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject([{ id: "hello/plain@rfc6455", suite: "hello", dialect: "rfc6455" }]);
  });

  test("requirements of a level; targets", async () => {
    expect(await main(["list", "requirements", "--level", "must", "--json"])).toBe(0);
    const levels = new Set(JSON.parse(said.out).map((row: { level: string }) => row.level));
    expect([...levels].sort()).toEqual(["MUST", "MUST NOT"]);
    said.out = "";
    expect(await main(["list", "targets"])).toBe(0);
    expect(said.out).toMatch(/^reference +server/);
  });

  test("a requirement: statement, clause, what covers it, how to run it alone", async () => {
    expect(await main(["explain", "ntf-rpl-004"])).toBe(0);
    expect(said.out).toMatch(/^NTF-RPL-004 {2}MUST NOT · server · RFC 5277 §3\.3\.2 · normative\n/);
    for (const title of ["Covered by", "Proved by"]) expect(said.out).toContain(`\n${title}\n`);
  });

  test("a scenario and a case: what is driven and judged", async () => {
    expect(await main(["explain", "hello/plain"])).toBe(0);
    expect(said.out).toMatch(/Cases\n {2}hello\/plain@/);
    said.out = "";
    expect(await main(["explain", "hello/plain@hybi-06"])).toBe(0);
    for (const title of ["Driven", "Requirements", "Run it alone"]) expect(said.out).toContain(`\n${title}\n`);
    expect(said.out).toContain("--case 'hello/plain@hybi-06'");
  });
});

describe("report and diff", () => {
  const path = file("run.json", results);

  test("every form at once, folders made", async () => {
    const to = join(folder, "deep", "er");
    mkdirSync(join(folder, "transcripts"));
    const transcript = results.cases[3]?.transcript ?? "";
    writeFileSync(join(folder, transcript), "{}\n");
    const argv = [
      "--html",
      `${to}/a.html`,
      "--junit",
      `${to}/b.xml`,
      "--markdown",
      `${to}/c.md`,
      "--json",
      `${to}/d.json`,
    ];
    expect(await main(["report", path, ...argv, "--allure", `${to}/allure`])).toBe(0);
    expect(readFileSync(`${to}/a.html`, "utf8")).toContain('href="./../../transcripts/');
    expect(readFileSync(`${to}/b.xml`, "utf8")).toContain("<testsuites");
    expect(readFileSync(`${to}/c.md`, "utf8")).toContain("## ncwspec");
    expect(JSON.parse(readFileSync(`${to}/d.json`, "utf8"))).toEqual(results);
    const files = readdirSync(`${to}/allure`);
    expect(files.filter((name) => name.endsWith("-result.json"))).toHaveLength(results.cases.length);
    expect(files.filter((name) => name.endsWith("-attachment.jsonl"))).toHaveLength(1);
    expect(said.out).toContain(`Reports: ${to}/d.json`);
  });

  test("shards are joined", async () => {
    const shard = (from: number, to: number) => ({
      ...results,
      cases: results.cases.slice(from, to),
      planned: to - from,
    });
    const whole = join(folder, "whole.json");
    expect(await main(["report", file("1.json", shard(0, 5)), file("2.json", shard(5, 11)), "--json", whole])).toBe(0);
    expect(JSON.parse(readFileSync(whole, "utf8"))).toMatchObject({ planned: 11, summary: results.summary });
    expect(await main(["report", path, path])).toBe(2);
    expect(said.err).toMatch(/no shards of one run/);
  });

  test("diff: 0 when nothing is worse, 1 when something is", async () => {
    const worse = results.cases.map((one, index) => (index === 0 ? { ...one, verdict: "fail" } : one));
    expect(await main(["diff", path, path])).toBe(0);
    expect(await main(["diff", path, file("worse.json", { ...results, cases: worse }), "--json"])).toBe(1);
    expect(said.out).toContain('"direction": "worse"');
  });
});
