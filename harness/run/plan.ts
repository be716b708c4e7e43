/** Which cases a run has: the scenarios bound to dialects and narrowed by the selection. */
import path from "node:path";
import { type Catalogue, loadCatalogue } from "../judge/catalogue.ts";
import type { Role } from "../judge/types.ts";
import { casesOf } from "../scenario/cases.ts";
import { steps } from "../scenario/drive.ts";
import { FixtureError, loadScenarios } from "../scenario/load.ts";
import type { Case } from "../scenario/types.ts";
import { dialectNames } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";
import { UsageError } from "./errors.ts";
import { isKnownNeed } from "./needs.ts";
import { fixturesFolder } from "./package-root.ts";
import { caseMatcher } from "./pattern.ts";
import type { Results } from "./results.ts";

/** What narrows a run. Case patterns: {@link caseMatcher}. */
export interface Selection {
  /** Only cases that judge this end; absent: both. */
  readonly role?: Role;
  readonly dialects?: readonly DialectName[];
  readonly suites?: readonly string[];
  readonly cases?: readonly string[];
  readonly requirements?: readonly string[];
  readonly exclude?: readonly string[];
  /** `must`: only cases with a MUST-level requirement. */
  readonly level?: "must" | "should";
  readonly shard?: { readonly index: number; readonly count: number };
  /** Only the cases that were neither `pass` nor `n/a` in these results. */
  readonly rerunFailed?: Results;
  /** Folders of scenarios beside our own. */
  readonly scenarios?: readonly string[];
}

export interface PlannedCase {
  readonly id: string;
  readonly scenario: string;
  readonly suite: string;
  readonly dialect: DialectName;
  readonly role: Role;
  readonly title: string;
  readonly requirements: readonly string[];
}

export interface Plan {
  readonly catalogue: Catalogue;
  /** All cases under the dialects asked for, before the selection: what controls are taken from. */
  readonly all: readonly Case[];
  readonly cases: readonly Case[];
}

/** @throws UsageError when a fixture is broken or a pattern matches nothing. */
export function makePlan(selection: Selection): Plan {
  const fixtures = fixturesFolder();
  const catalogue = loadCatalogue(path.join(fixtures, "requirements"));
  const folders = [path.join(fixtures, "scenarios"), ...(selection.scenarios ?? [])];
  const all = guarded(() =>
    folders.flatMap((folder) => loadScenarios(folder, path.join(fixtures, "schemas", "scenarios.schema.json"))),
  )
    .filter(({ role }) => selection.role === undefined || role === selection.role)
    .flatMap((scenario) => casesOf(scenario, selection.dialects ?? dialectNames));
  checkFixtures(all, catalogue);
  return { catalogue, all, cases: narrowed(all, catalogue, selection) };
}

/** Those of the cases that the selection takes. @throws UsageError when a part of it matches nothing */
export function narrowed(all: readonly Case[], catalogue: Catalogue, selection: Selection): Case[] {
  return sharded(select(all, catalogue, selection), selection.shard);
}

function guarded<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (error instanceof FixtureError) throw new UsageError(error.message);
    throw error;
  }
}

function checkFixtures(cases: readonly Case[], catalogue: Catalogue): void {
  const files = new Map<string, string>();
  for (const one of cases) {
    const other = files.get(one.id);
    if (other !== undefined)
      throw new UsageError(`${one.scenario.file}: ${one.id}: the id is used twice, also in ${other}`);
    files.set(one.id, one.scenario.file);
    const unknown = one.requirements.find((id) => !catalogue.has(id));
    if (unknown !== undefined)
      throw new UsageError(`${one.scenario.file}: ${one.id}: requirement ${unknown} is not in the catalogue`);
    const odd = one.drive.map((step) => Object.keys(step)[0] ?? "").find((name) => !Object.hasOwn(steps, name));
    if (odd !== undefined) throw new UsageError(`${one.scenario.file}: ${one.id}: there is no drive step "${odd}"`);
    const need = one.scenario.needs.find((token) => !isKnownNeed(token));
    if (need !== undefined) throw new UsageError(`${one.scenario.file}: ${one.id}: there is no precondition "${need}"`);
  }
}

function select(all: readonly Case[], catalogue: Catalogue, selection: Selection): Case[] {
  const byCase = matchersOf(selection.cases, all, "--case");
  const exclude = matchersOf(selection.exclude, all, "--exclude");
  const { suites = [], requirements = [] } = selection;
  for (const suite of suites)
    if (!all.some((one) => one.suite === suite))
      throw new UsageError(
        `--suite ${suite} matches nothing (there are: ${[...new Set(all.map((one) => one.suite))].join(", ")})`,
      );
  for (const id of requirements) {
    if (!catalogue.has(id)) throw new UsageError(`--requirement ${id} is not in the catalogue`);
    if (!all.some((one) => one.requirements.includes(id)))
      throw new UsageError(`--requirement ${id}: no case covers it`);
  }
  const failed =
    selection.rerunFailed &&
    new Set(
      selection.rerunFailed.cases.filter((one) => one.verdict !== "pass" && one.verdict !== "n/a").map((one) => one.id),
    );
  return all.filter(
    (one) =>
      (byCase.length === 0 || byCase.some((matches) => matches(one.id))) &&
      !exclude.some((matches) => matches(one.id)) &&
      (suites.length === 0 || suites.includes(one.suite)) &&
      (requirements.length === 0 || one.requirements.some((id) => requirements.includes(id))) &&
      (selection.level !== "must" || one.requirements.some((id) => catalogue.get(id)?.level.startsWith("MUST"))) &&
      (failed === undefined || failed.has(one.id)),
  );
}

function matchersOf(
  patterns: readonly string[] | undefined,
  all: readonly Case[],
  flag: string,
): ((id: string) => boolean)[] {
  return (patterns ?? []).map((pattern) => {
    const matches = caseMatcher(pattern);
    if (!all.some((one) => matches(one.id))) throw new UsageError(`${flag} ${pattern} matches no case`);
    return matches;
  });
}

function sharded(cases: Case[], shard: Selection["shard"]): Case[] {
  return shard ? cases.filter((_one, index) => index % shard.count === shard.index - 1) : cases;
}

/** For `list cases` and `--dry-run`. */
export function plannedCase(one: Case): PlannedCase {
  return {
    id: one.id,
    scenario: one.scenario.id,
    suite: one.suite,
    dialect: one.dialect,
    role: one.scenario.role,
    title: one.title,
    requirements: one.requirements,
  };
}
