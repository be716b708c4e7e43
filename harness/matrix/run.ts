/** A matrix run: clients made ready, rows side by side in a bounded pool, each cell told as it is done. */
import { loadCatalogue } from "../judge/catalogue.ts";
import type { Transcript } from "../judge/types.ts";
import { type Judging, startJudging } from "../run/judging.ts";
import { fixturesFolder, packageVersion, requirementsFolder } from "../run/package-root.ts";
import { makePlan, type Plan } from "../run/plan.ts";
import { runPool } from "../run/pool.ts";
import { randomOf } from "../run/random.ts";
import { scaled } from "../run/scaled.ts";
import { TargetUnavailable, TargetUnreachable } from "../target/index.ts";
import { shellWord } from "../target/shell-word.ts";
import type { TargetFile } from "../target/types.ts";
import { type Activity, loadActivities } from "./activities.ts";
import { cellMatcher } from "./cell-id.ts";
import { type Clients, openClients } from "./clients.ts";
import type { Listed, MatrixFile } from "./file.ts";
import { keepPart, type PartFiles } from "./part-files.ts";
import type { PlannedCell } from "./plan.ts";
import { type Cell, type MatrixResults, type PairFinding, type Peer, SUITE } from "./results.ts";
import { peerOf, runRow } from "./row.ts";
import { runSuite, suiteParts } from "./suite.ts";
import { cellOutcome, summarise } from "./verdict.ts";

export interface MatrixOptions {
  readonly file: MatrixFile;
  /** The cells that are tried, of those that the file has. */
  readonly cells: readonly PlannedCell[];
  /** Folder for the transcripts. */
  readonly out: string;
  /** Rows at the same time. */
  readonly jobs: number;
  /** Multiplies every deadline. */
  readonly timeScale: number;
  readonly signal: AbortSignal;
  readonly onCell: (cell: Cell, done: number, planned: number) => void;
}

/** What rows and clients share. */
export interface MatrixContext {
  readonly file: MatrixFile;
  readonly plan: Plan;
  readonly judging: Judging;
  readonly timeScale: number;
  readonly signal: AbortSignal;
  /** Tells the events of one activity from those of all others. */
  tag(): string;
  random(name: string): (size: number) => Uint8Array;
  scaledFile(peer: Listed): TargetFile;
  keep(planned: PlannedCell, activity: Activity, transcript: Transcript, findings: readonly PairFinding[]): PartFiles;
  cell(
    planned: PlannedCell,
    outcome: Pick<Cell, "verdict" | "parts"> & Partial<Pick<Cell, "reason" | "charged" | "durationMs">>,
  ): Cell;
}

/** The activities that a matrix file may choose among. @throws FixtureError */
export function activities(): Activity[] {
  return loadActivities(fixturesFolder());
}

/** @throws UsageError for a broken fixture */
export async function runMatrix(options: MatrixOptions): Promise<MatrixResults> {
  const begun = performance.now();
  const startedAt = new Date().toISOString();
  const catalogue = loadCatalogue(requirementsFolder());
  const judging = startJudging(catalogue, requirementsFolder());
  const context = contextOf(options, makePlan({ dialects: options.file.dialects }), judging);
  const clients = openClients(context);
  const cells: Cell[] = [];
  const take = (cell: Cell): void => {
    if (options.signal.aborted && cell.parts.some(({ reason }) => reason === "interrupted")) return;
    cells.push(cell);
    options.onCell(cell, cells.length, options.cells.length);
  };
  const servers = new Map<string, Peer>();
  try {
    await runPool(
      rowsOf(options),
      options.jobs,
      () => false,
      async ({ server, pairs, suites }) => {
        if (server && pairs.length > 0)
          servers.set(server.name, (await runRow(server, pairs, clients, context, take)).peer);
        await suiteRow(suites, clients, context, take);
      },
      () => options.signal.aborted,
    );
    const peers = await Promise.all(options.file.clients.map((client) => clients.peer(client)));
    return resultsOf(options, cells, {
      startedAt,
      durationMs: Math.round(performance.now() - begun),
      servers: options.file.servers.map((server) => servers.get(server.name) ?? peerOf(server)),
      clients: peers,
    });
  } finally {
    await Promise.all([clients.stop(), judging.close()]);
  }
}

interface Row {
  readonly server?: Listed;
  readonly pairs: readonly PlannedCell[];
  /** Of one target, one for each dialect. */
  readonly suites: readonly PlannedCell[];
}

/** One row for each server, and one for each client that the suite judges. */
function rowsOf({ cells, file }: MatrixOptions): Row[] {
  const ofServers = file.servers.map((server) => {
    const own = cells.filter((cell) => cell.server?.name === server.name);
    return {
      server,
      pairs: own.filter(({ kind }) => kind === "pair"),
      suites: own.filter(({ kind }) => kind === "suite"),
    };
  });
  const ofClients = file.clients.map((client) => ({
    pairs: [],
    suites: cells.filter(
      (cell) => cell.kind === "suite" && cell.server === undefined && cell.client?.name === client.name,
    ),
  }));
  return [...ofServers, ...ofClients].filter(({ pairs, suites }) => pairs.length + suites.length > 0);
}

/** Cases at the same time in a suite: a matrix has other rows to fill the pauses. */
const suiteJobs = 4;

async function suiteRow(
  cells: readonly PlannedCell[],
  clients: Clients,
  context: MatrixContext,
  take: (cell: Cell) => void,
): Promise<void> {
  const peer = cells[0]?.server ?? cells[0]?.client;
  if (!peer || context.signal.aborted) return;
  const unavailable = (reason: string) => {
    for (const planned of cells) take(context.cell(planned, { verdict: "unavailable", reason, parts: [] }));
  };
  if (!peer.target || peer.unavailable !== undefined) return unavailable(peer.unavailable ?? "it has no target");
  if (peer.role === "client") {
    const found = await clients.get(peer);
    if ("unavailable" in found) return unavailable(found.unavailable);
  }
  const dialects = cells.flatMap(({ dialect }) => dialect ?? []);
  try {
    const { signal, timeScale } = context;
    const word = shellWord(peer.word ?? peer.name);
    const areas = cells[0]?.areas ?? "all";
    const results = await runSuite({ file: peer.target, word, dialects, areas, jobs: suiteJobs, timeScale, signal });
    if (signal.aborted) return;
    for (const planned of cells) {
      const parts = planned.dialect === undefined ? [] : suiteParts(results, planned.dialect);
      const durationMs = parts.reduce((sum, part) => sum + part.durationMs, 0);
      take(context.cell(planned, { ...cellOutcome(parts), parts, durationMs }));
    }
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof TargetUnreachable || error instanceof TargetUnavailable) return unavailable(message);
    for (const planned of cells) take(context.cell(planned, { verdict: "error", reason: message, parts: [] }));
  }
}

function contextOf(options: MatrixOptions, plan: Plan, judging: Judging): MatrixContext {
  const { file, timeScale, signal, out } = options;
  const start = Date.now().toString(36);
  const known = file.known.map((entry) => ({ ...entry, matches: cellMatcher(entry.cell) }));
  let count = 0;
  return {
    file,
    plan,
    judging,
    timeScale,
    signal,
    tag: () => `${start}${(count++).toString(36)}x`,
    random: (name) => randomOf(1, name),
    scaledFile: (peer) => scaled(peer.target as TargetFile, timeScale),
    keep: (...part) => keepPart(out, ...part),
    cell: (planned, outcome) => {
      const entry = known.find(({ matches }) => matches(planned.id));
      const wrong = outcome.verdict === "no-talk" || outcome.verdict === "findings";
      return {
        id: planned.id,
        kind: planned.kind,
        server: planned.server?.name ?? SUITE,
        client: planned.client?.name ?? SUITE,
        ...(planned.dialect && { dialect: planned.dialect }),
        durationMs: 0,
        ...outcome,
        ...(entry && wrong ? { known: entry.reason } : {}),
        rerun: `ncwspec matrix ${shellWord(file.path)} --cell ${shellWord(planned.id)} --out ${shellWord(out)}`,
      };
    },
  };
}

type Facts = Pick<MatrixResults, "startedAt" | "durationMs" | "servers" | "clients">;

function resultsOf(options: MatrixOptions, cells: readonly Cell[], facts: Facts): MatrixResults {
  const { file, signal, cells: planned } = options;
  const order = new Map(planned.map(({ id }, index) => [id, index]));
  const sorted = [...cells].sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  return {
    schema: "ncwspec-matrix/1",
    complete: !signal.aborted,
    ...(signal.aborted ? { reason: "interrupted" } : {}),
    tool: { name: "ncwspec", version: packageVersion() },
    title: file.title,
    file: file.path,
    ...facts,
    dialects: file.dialects,
    planned: planned.length,
    summary: summarise(sorted),
    cells: sorted,
  };
}
