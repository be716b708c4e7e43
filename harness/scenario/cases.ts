/** From scenarios to cases: one for each dialect and row of parameters. */
import type { CheckSpec, RequirementRef } from "../judge/check-types.ts";
import type { DialectName } from "../wire/types.ts";
import { substitute } from "./substitute.ts";
import type { Case, Scenario } from "./types.ts";

/** The cases of a scenario under the dialects given, in the order of the fixture. */
export function casesOf(scenario: Scenario, dialects: readonly DialectName[]): Case[] {
  const under = dialects.filter((dialect) => scenario.dialects === undefined || scenario.dialects.includes(dialect));
  const rows = scenario.each ? Object.entries(scenario.each) : [["", {}] as const];
  return under.flatMap((dialect) => rows.map(([row, parameters]) => caseOf(scenario, dialect, row, parameters)));
}

function caseOf(
  scenario: Scenario,
  dialect: DialectName,
  row: string,
  parameters: Readonly<Record<string, unknown>>,
): Case {
  const values = { dialect, row, ...parameters };
  const judge = substitute(scenario.judge, values).map((check) => resolveCheck(check, dialect));
  const covers = substitute(scenario.covers, values);
  const named = [
    ...covers,
    ...judge.flatMap((check) => Object.values(check).map((args) => args["requirement"] as RequirementRef)),
  ];
  const requirements = named.map((ref) => resolveRef(ref, dialect)).filter((id) => id !== undefined);
  return {
    id: `${scenario.id}${row ? `[${row}]` : ""}@${dialect}`,
    scenario,
    suite: scenario.id.split("/")[0] ?? scenario.id,
    dialect,
    title: String(substitute(scenario.title, values)),
    drive: substitute(scenario.drive, values),
    judge: judge.filter((check) => Object.values(check).every((args) => args["requirement"] !== undefined)),
    requirements: [...new Set(requirements)],
  };
}

/** A check whose requirement has no id under this dialect is not made there. */
function resolveCheck(check: CheckSpec, dialect: DialectName): CheckSpec {
  return Object.fromEntries(
    Object.entries(check).map(([name, args]) => [
      name,
      { ...args, requirement: resolveRef(args["requirement"] as RequirementRef, dialect) },
    ]),
  );
}

function resolveRef(ref: RequirementRef | undefined, dialect: DialectName): string | undefined {
  return typeof ref === "object" ? ref[dialect] : ref;
}
