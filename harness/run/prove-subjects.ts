/** Mutants proved: each behind the proxy, judged by the cases that claim its requirement. */
import path from "node:path";
import type { Role } from "../judge/types.ts";
import { loadMutants } from "../mutant/load.ts";
import { type RunningMutant, startMutant } from "../mutant/proxy.ts";
import type { Mutant } from "../mutant/types.ts";
import type { ClientUnderTest } from "../target/client.ts";
import { findTarget } from "../target/file.ts";
import { startTarget } from "../target/start.ts";
import type { Profile, RunningTarget, TargetFile } from "../target/types.ts";
import { dialectNames } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";
import { UsageError } from "./errors.ts";
import { judgeTarget } from "./judge-target.ts";
import { type Judging, judgeHere } from "./judging.ts";
import { type Mutated, mutatedServer } from "./mutated-server.ts";
import { fixturesFolder } from "./package-root.ts";
import { caseMatcher } from "./pattern.ts";
import { makePlan, type Plan } from "./plan.ts";
import { numbered, runLanes, type Source } from "./pool.ts";
import type { CaseResult, MutantResult } from "./results.ts";

export interface ProveOptions {
  /** The conforming peer that is mutated; default the reference of the role. */
  readonly target?: TargetFile;
  /** The end that is judged, where no target says it; default server. */
  readonly role?: Role;
  /** Folder of mutants in place of our own. */
  readonly mutants?: string;
  /** Globs of mutant ids. */
  readonly only?: readonly string[];
  readonly dialects?: readonly DialectName[];
  /** Mutants at the same time. */
  readonly jobs?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: {
    readonly type: "mutant";
    readonly result: MutantResult;
    readonly done: number;
    readonly planned: number;
  }) => void;
}

interface Subject {
  readonly mutant: Mutant;
  readonly dialect: DialectName;
}

/** What is to be proved, and by what. */
export interface ProofPlan {
  readonly made: Plan;
  readonly mutants: readonly Mutant[];
  readonly subjects: readonly Subject[];
}

/** @throws UsageError when `only` matches no mutant or a mutant names a requirement that the catalogue lacks */
export function planProof(options: ProveOptions): ProofPlan {
  const role = roleOf(options);
  const made = makePlan({ role, dialects: options.dialects ?? dialectNames });
  const mutants = selectedMutants(options, made, role);
  return { made, mutants, subjects: subjectsOf(mutants, options.dialects) };
}

export function roleOf({ target, role }: Pick<ProveOptions, "target" | "role">): Role {
  return target?.role ?? role ?? "server";
}

function targetOf(options: ProveOptions): TargetFile {
  return options.target ?? findTarget(roleOf(options) === "client" ? "reference-client" : "reference");
}

/**
 * Proves the subjects that the source names, `jobs` at a time, until the signal; what an interrupted one came to is
 * not reported.
 */
export async function proveSubjects(
  { made, subjects }: ProofPlan,
  numbers: Source<number>,
  options: ProveOptions,
  report: (result: MutantResult) => void,
): Promise<void> {
  const jobs = options.jobs ?? 3;
  const file = targetOf(options);
  const targets = await startTargets(file, Math.min(jobs, subjects.length));
  const judging = judgeHere(made.catalogue);
  const free = [...targets];
  const stopped = () => options.signal?.aborted === true;
  const work = async (subject: Subject): Promise<void> => {
    const { profile } = subject.mutant;
    if (profile !== undefined) {
      const target = await startTarget(withProfile(file, profile as Profile));
      const result = await proveOne(subject, target, made, options, judging).finally(() => target.stop());
      if (!stopped()) report(result);
      return;
    }
    const target = free.pop() ?? (targets[0] as RunningTarget);
    const result = await proveOne(subject, target, made, options, judging);
    free.push(target);
    if (!stopped()) report(result);
  };
  try {
    await runLanes(numbered(subjects, numbers), jobs, work, stopped);
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
  }
}

function withProfile(file: TargetFile, profile: Profile): TargetFile {
  return { ...file, claims: { ...file.claims, profile } };
}

/**
 * A mutant is proved in each dialect asked for; when none is, in one of its own, another for each mutant in
 * turn: a rule of NETCONF is broken in the same way under all of them, and every dialect is exercised.
 */
function subjectsOf(mutants: readonly Mutant[], dialects: readonly DialectName[] | undefined): Subject[] {
  return mutants.flatMap((mutant, index) => {
    const own = mutant.dialects.filter((dialect) => dialects === undefined || dialects.includes(dialect));
    const chosen = dialects === undefined ? own.slice(index % own.length, (index % own.length) + 1) : own;
    return chosen.map((dialect) => ({ mutant, dialect }));
  });
}

/**
 * One target for each mutant that is proved at a time, where it can be started more than once: cases that lock the
 * datastore or reset the log are alone only within the run of their own mutant.
 */
async function startTargets(file: TargetFile, wanted: number): Promise<RunningTarget[]> {
  const copies = "url" in file.reach ? 1 : Math.max(1, wanted);
  return Promise.all(Array.from({ length: copies }, () => startTarget(file, {})));
}

function selectedMutants(options: ProveOptions, made: Plan, role: Role): readonly Mutant[] {
  const all = loadMutants(options.mutants ?? path.join(fixturesFolder(), "mutants"));
  for (const mutant of all)
    if (!made.catalogue.has(mutant.requirement))
      throw new UsageError(`mutant ${mutant.id}: requirement ${mutant.requirement} is not in the catalogue`);
  const own = all.filter((mutant) => mutant.role === role);
  if (options.only === undefined || options.only.length === 0) return own;
  return options.only.flatMap((pattern) => {
    const matches = caseMatcher(pattern);
    const found = own.filter((mutant) => matches(mutant.id));
    const other = found.length > 0 ? undefined : all.find((mutant) => matches(mutant.id));
    if (other) throw new UsageError(`${pattern} matches mutants of the other role only: --role ${other.role}`);
    if (found.length === 0) throw new UsageError(`${pattern} matches no mutant`);
    return found;
  });
}

async function proveOne(
  { mutant, dialect }: Subject,
  upstream: RunningTarget,
  plan: Plan,
  options: ProveOptions,
  judging: Judging,
): Promise<MutantResult> {
  const seed = options.seed ?? 1;
  const { target: mutated, close } = await (upstream.client
    ? mutatedClient(mutant, upstream, upstream.client, dialect, seed)
    : mutatedServer(mutant, upstream, dialect, seed));
  const { file } = mutated;
  const target: RunningTarget = {
    ...mutated,
    file: { ...file, claims: { ...file.claims, dialects: [dialect] } },
    stop: async () => undefined,
  };
  try {
    const how = { target: target.file, jobs: 4, seed: options.seed ?? 1 };
    const signal = options.signal ? { signal: options.signal } : {};
    const results = await judgeTarget(target, planFor(mutant, dialect, plan), { ...how, ...signal }, judging);
    return verdictOn(mutant, dialect, results.cases);
  } finally {
    await close();
  }
}

/** A client has the proxy between it and the listener of each case. */
async function mutatedClient(
  mutant: Mutant,
  upstream: RunningTarget,
  client: ClientUnderTest,
  dialect: DialectName,
  seed: number,
): Promise<Mutated> {
  const proxies = new Set<RunningMutant>();
  const start: ClientUnderTest["start"] = async (task, arrived) => {
    const url = new URL(task.url);
    const proxy = await startMutant(mutant, { host: url.hostname, port: Number(url.port) }, dialect, seed);
    proxies.add(proxy);
    url.port = String(proxy.port);
    const run = await client.start({ ...task, url: url.href }, arrived);
    const stop = async () => {
      await Promise.all([run.stop(), proxy.close()]);
      proxies.delete(proxy);
    };
    return { ...run, stop };
  };
  const mutated: ClientUnderTest = {
    get offers() {
      return client.offers;
    },
    get arrival() {
      return client.arrival;
    },
    start,
  };
  return {
    target: { ...upstream, client: mutated },
    close: async () => {
      await Promise.all([...proxies].map((proxy) => proxy.close()));
    },
  };
}

/** The cases that claim the requirement, those the fixture hints at, and the controls. */
function planFor(mutant: Mutant, dialect: DialectName, made: Plan): Plan {
  const all = made.all.filter((one) => one.dialect === dialect);
  const hints = (mutant.cases ?? []).map(caseMatcher);
  const cases = all.filter(
    (one) =>
      one.scenario.control !== undefined ||
      one.requirements.includes(mutant.requirement) ||
      hints.some((matches) => matches(one.id)),
  );
  return { catalogue: made.catalogue, all, cases };
}

function verdictOn(mutant: Mutant, dialect: DialectName, cases: readonly CaseResult[]): MutantResult {
  const killers = cases.filter((one) => one.findings.some((finding) => finding.requirement === mutant.requirement));
  const charged = [...new Set(cases.flatMap((one) => one.findings.map((finding) => finding.requirement)))];
  const base = { id: mutant.id, requirement: mutant.requirement, role: mutant.role, dialect };
  if (killers.length > 0) return { ...base, killedBy: killers.map((one) => one.id), attributed: true };
  const others = cases.filter((one) => one.findings.length > 0).map((one) => one.id);
  return { ...base, killedBy: others, attributed: false, ...(charged.length > 0 ? { charged } : {}) };
}
