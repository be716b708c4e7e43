import { stringify } from "yaml";
import type { Requirement } from "../judge/types.ts";
import type { Mutant } from "../mutant/types.ts";
import { caseMatcher } from "../run/pattern.ts";
import type { Case } from "../scenario/types.ts";
import type { Shelf } from "./explain.ts";

/** A page of sections; lines of a section are wrapped unless they are `verbatim`. */
export interface Page {
  readonly title: string;
  readonly facts: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  readonly verbatim?: boolean;
}

/** The page on an id of any kind; undefined when nothing has it. */
export function pageOn(id: string, shelf: Shelf): Page | undefined {
  const requirement = shelf.catalogue.get(id) ?? shelf.catalogue.get(id.toUpperCase());
  if (requirement) return requirementPage(requirement, shelf);
  const cases = shelf.cases.filter((one) => one.id === id || one.scenario.id === id || rowOf(one) === id);
  if (cases.length > 0) return casePage(id, cases, shelf);
  const mutants = shelf.mutants.filter((mutant) => mutant.id === id);
  return mutants[0] && mutantPage(mutants[0], shelf);
}

/** The id without its dialect. */
function rowOf({ id }: Case): string {
  return id.slice(0, id.lastIndexOf("@"));
}

function requirementPage(row: Requirement, shelf: Shelf): Page {
  const cases = shelf.cases.filter(({ requirements }) => requirements.includes(row.id));
  const mutants = shelf.mutants.filter(({ requirement }) => requirement === row.id);
  const optional = (title: string, text: string | undefined): Section[] =>
    text === undefined || text === "none" ? [] : [{ title, lines: [text] }];
  const coverage =
    cases.length > 0 ? scenarioLines(cases) : [row.untestable === undefined ? "no case" : "no case is needed"];
  return {
    title: row.id,
    facts: `${row.level} · ${row.role} · ${row.source} · ${row.basis}${BASIS[row.basis]}`,
    sections: [
      { title: "", lines: [row.statement] },
      ...optional("Applies when", row.precondition),
      ...optional("Errata", row.errata),
      ...optional("Cannot be tested from outside", row.untestable),
      ...optional("Has no case because", row.uncovered),
      ...optional("A peer that breaks it", row.defect),
      { title: "Covered by", lines: coverage },
      { title: "Proved by", lines: mutants.length > 0 ? mutants.map(mutantLine) : ["no mutant"] },
      ...(cases.length > 0
        ? [{ title: "Run it alone", lines: [`ncwspec run <target> --requirement ${row.id}`], verbatim: true }]
        : []),
    ],
  };
}

const BASIS: Readonly<Record<Requirement["basis"], string>> = {
  normative: "",
  draft: " (an expired draft says so)",
  inferred: " (follows from the text, is not stated)",
  policy: " (this suite's default, fails no target unless asked to)",
};

/** `replay/complete-once  rfc6455, hybi-06 (4 cases)`, one line a scenario. */
function scenarioLines(cases: readonly Case[]): string[] {
  const scenarios = [...new Set(cases.map(({ scenario }) => scenario.id))];
  return scenarios.map((id) => {
    const own = cases.filter(({ scenario }) => scenario.id === id);
    const dialects = [...new Set(own.map(({ dialect }) => dialect))].join(", ");
    return `${id} in ${dialects}${own.length > 1 ? ` (${own.length} cases)` : ""}`;
  });
}

function casePage(id: string, cases: readonly Case[], shelf: Shelf): Page {
  const [first] = cases as readonly [Case, ...Case[]];
  const { scenario } = first;
  const single = cases.length === 1;
  const drive = single ? first.drive : scenario.drive;
  const checks = single ? first.judge : scenario.judge;
  const requirements = [...new Set(cases.flatMap((one) => one.requirements))];
  const needs = [...scenario.needs, ...scenario.rests.map((control) => `the control ${control}`)];
  const dialects = [...new Set(cases.map(({ dialect }) => dialect))];
  return {
    title: id,
    facts: `judges a ${scenario.role} · ${dialects.join(", ")}${scenario.exclusive ? " · runs alone" : ""}`,
    sections: [
      { title: "", lines: [single ? first.title : scenario.title] },
      ...(needs.length > 0 ? [{ title: "Needs", lines: [needs.join(", ")] }] : []),
      { title: "Driven", lines: yamlLines(drive), verbatim: true },
      {
        title: "Judged, beside the passive checks",
        lines: checks.length > 0 ? yamlLines(checks) : ["nothing"],
        verbatim: true,
      },
      {
        title: "Requirements",
        lines: requirements.map((one) => `${one} ${shelf.catalogue.get(one)?.statement ?? ""}`),
      },
      ...(single ? [] : [{ title: "Cases", lines: cases.map((one) => one.id) }]),
      { title: "Proved by", lines: provers(cases, shelf).map(mutantLine) },
      { title: "Run it alone", lines: [`ncwspec run <target> --case '${id}'`], verbatim: true },
    ].filter(({ lines }) => lines.length > 0),
  };
}

/** Mutants that a case should kill: those that name it, else those that break one of its requirements. */
function provers(cases: readonly Case[], { mutants }: Shelf): Mutant[] {
  return mutants.filter((mutant) => {
    const under = cases.filter(({ dialect }) => mutant.dialects.includes(dialect));
    return under.some((one) => kills(mutant, one));
  });
}

function kills(mutant: Mutant, one: Case): boolean {
  if (mutant.cases !== undefined) return mutant.cases.some((pattern) => caseMatcher(pattern)(one.id));
  return one.requirements.includes(mutant.requirement);
}

function mutantPage(mutant: Mutant, shelf: Shelf): Page {
  const { id, title, role, dialects, requirement, bug, transform } = mutant;
  const killers = shelf.cases.filter((one) => dialects.includes(one.dialect) && kills(mutant, one));
  return {
    title: id,
    facts: `a ${role} with one rule broken · ${dialects.join(", ")}${bug === undefined ? "" : ` · seen in the field: ${bug}`}`,
    sections: [
      { title: "", lines: [title] },
      { title: "Breaks", lines: [`${requirement} ${shelf.catalogue.get(requirement)?.statement ?? ""}`] },
      { title: "How", lines: yamlLines(transform), verbatim: true },
      { title: "Should be killed by", lines: killers.length > 0 ? scenarioLines(killers) : ["no case"] },
      {
        title: "Run it alone",
        lines: [`ncwspec prove${role === "client" ? " --role client" : ""} --mutant '${id}' --verbose`],
        verbatim: true,
      },
    ],
  };
}

function mutantLine({ id, title }: Mutant): string {
  return `${id}: ${title}`;
}

function yamlLines(value: unknown): string[] {
  return stringify(value, { lineWidth: 0, flowCollectionPadding: false }).trimEnd().split("\n");
}
