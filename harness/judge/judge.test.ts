/** From reports to a verdict. */
import { describe, expect, test } from "vitest";
import { catalogueOf } from "./catalogue.ts";
import type { CheckSpec } from "./check-types.ts";
import { type JudgeOptions, judge } from "./judge.ts";
import { connect, errorBody, joined, type Line, reply, rpc, session, transcriptOf } from "./testing/script.ts";
import type { Basis, Level, Requirement } from "./types.ts";

const row = (id: string, level: Level, basis: Basis = "normative"): Requirement => ({
  id,
  level,
  role: "server",
  source: `RFC 0 §${id}`,
  basis,
  statement: id,
});
const passive = ["NC-XML-001", "NC-XML-002", "NC-XML-003", "NC-RPC-001", "NC-RPC-009", "NC-HELLO-001", "NC-HELLO-004"];
const more = ["NC-HELLO-005", "NC-HELLO-010", "NC-HELLO-015", "NTF-ILV-004", "IID-MSG-001", "IID-MSG-002"];
const others = ["IID-MSG-004", "IID-MSG-007", "NC-ERR-001", "NC-ERR-002", "NC-ERR-003", "NC-ERR-004", "NC-ERR-006"];
const catalogue = catalogueOf([
  row("M", "MUST"),
  row("MN", "MUST NOT"),
  row("S", "SHOULD"),
  row("SN", "SHOULD NOT"),
  row("MAY", "MAY"),
  row("P", "MUST", "policy"),
  row("PS", "SHOULD", "policy"),
  row("D", "MUST", "draft"),
  ...[...passive, ...more, ...others].map((id) => row(id, "MUST")),
]);

const answered: Line = [session("a"), rpc("a", "asked"), reply("a", "asked")];
const refused: Line = [session("a"), rpc("a", "asked"), reply("a", "asked", errorBody())];
const ok = (requirement: string): CheckSpec => ({ ok: { to: "asked", requirement } });
const judged = (lines: Line, checks: readonly CheckSpec[], options: Partial<JudgeOptions> = {}) =>
  judge(transcriptOf("rfc6455", lines), { catalogue, checks, ...options });

describe("the verdict", () => {
  test("is pass when all that was asked is held", () => {
    const judgement = judged(answered, [ok("M"), ok("S")]);
    expect(judgement).toMatchObject({ verdict: "pass", findings: [] });
    expect(judgement.outcomes.get("M")).toBe("held");
    expect(judgement.reason).toBeUndefined();
  });

  test.each([
    ["M", "fail"],
    ["MN", "fail"],
    ["D", "fail"],
    ["S", "warn"],
    ["SN", "warn"],
    ["MAY", "warn"],
    ["P", "warn"],
  ] as const)("of a breach of %s is %s", (id, verdict) => {
    expect(judged(refused, [ok(id)])).toMatchObject({
      verdict,
      findings: [{ requirement: id, clause: `RFC 0 §${id}`, message: "A request that is right was refused", at: 10 }],
    });
  });

  test("of a policy that the target asked for is fail, and its finding a MUST", () => {
    const policies = new Set(["PS", "S"]);
    expect(judged(refused, [ok("PS")], { policies })).toMatchObject({ verdict: "fail", findings: [{ level: "MUST" }] });
    expect(judged(refused, [ok("PS")])).toMatchObject({ verdict: "warn", findings: [{ level: "SHOULD" }] });
    expect(judged(refused, [ok("P")], { policies }).verdict).toBe("warn");
    expect(judged(refused, [ok("S")], { policies }).verdict).toBe("warn");
  });

  test("is inconc when something was not seen, with that reason", () => {
    expect(judged(session("a"), [ok("M")])).toMatchObject({ verdict: "inconc", reason: '"asked" was not sent' });
  });

  test("is inconc when the drive stopped, with that reason", () => {
    expect(judged(answered, [ok("M")], { stopped: "why" })).toMatchObject({ verdict: "inconc", reason: "why" });
    expect(judged(session("a"), [ok("M")], { stopped: "why" })).toMatchObject({ verdict: "inconc", reason: "why" });
  });

  test("is told by the worst: fail before warn before inconc", () => {
    const unseen: CheckSpec = { ok: { to: "other", requirement: "M" } };
    expect(judged(refused, [unseen, ok("S"), ok("M")]).verdict).toBe("fail");
    expect(judged(refused, [unseen, ok("S")]).verdict).toBe("warn");
    expect(judged(refused, [ok("M")], { stopped: "why" })).toMatchObject({ verdict: "fail" });
    expect(judged(refused, [ok("M")], { stopped: "why" }).reason).toBeUndefined();
  });

  test("of a case without checks rests on the passive ones", () => {
    expect(judged(answered, []).verdict).toBe("pass");
    expect(judged([answered, reply("a", "asked")], []).verdict).toBe("fail");
    expect(judged(connect("a"), []).verdict).toBe("pass");
  });
});

describe("findings", () => {
  test("of one requirement and message are shown once, at the first place", () => {
    const many = Array.from({ length: 3 }, () => joined(reply("a", "asked"), reply("a", "asked")));
    const { findings } = judged([answered, many], []);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ requirement: "NC-RPC-001", at: 11 });
  });

  test("of two checks with one requirement but two messages are two", () => {
    const checks = [ok("M"), { error: { to: "asked", tag: "in-use", requirement: "M" } }];
    expect(judged(refused, checks).findings.map(({ message }) => message)).toEqual([
      "A request that is right was refused",
      "The error has error-tag operation-failed",
    ]);
  });

  test("of one message against two requirements are two", () => {
    expect(judged(refused, [ok("M"), ok("S")]).findings.map(({ requirement }) => requirement)).toEqual(["M", "S"]);
  });
});

test("the outcome of a requirement is the worst of its reports", () => {
  const { outcomes } = judged(refused, [
    { replied: { to: "asked", requirement: "M" } },
    { ok: { to: "other", requirement: "M" } },
    { replied: { to: "asked", requirement: "S" } },
    { ok: { to: "asked", requirement: "S" } },
  ]);
  expect(outcomes.get("M")).toBe("unseen");
  expect(outcomes.get("S")).toBe("broken");
});

describe("a fault of the suite throws", () => {
  test.each(["missing", "toString", "constructor", ""])("the check %j, which does not exist", (name) => {
    expect(() => judged(answered, [{ [name]: { requirement: "M" } }])).toThrow(`there is no check "${name}"`);
  });
  test("no check at all", () => expect(() => judged(answered, [{}])).toThrow("there is no check"));
  test("a requirement that the catalogue lacks", () => {
    expect(() => judged(answered, [ok("X")])).toThrow("requirement X");
    expect(() => judged(answered, [{ ok: { to: "asked" } }])).toThrow("requirement undefined");
  });
  test("a passive check whose requirement the catalogue lacks", () => {
    const options = { catalogue: catalogueOf([row("M", "MUST")]) };
    expect(() => judged([answered, reply("a", "asked")], [ok("M")], options)).toThrow("NC-RPC-001");
  });
});
