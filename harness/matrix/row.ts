/** A row of the matrix: one server, started once, with each client in turn; then the suite on it. */
import net from "node:net";
import { type ControlOutcome, noFacts, runControls } from "../run/controls.ts";
import { unmetNeed } from "../run/needs.ts";
import { policiesOf } from "../run/policies.ts";
import type { Facts } from "../scenario/context.ts";
import type { StartOptions } from "../target/start.ts";
import type { RunningTarget } from "../target/types.ts";
import { dialects } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";
import type { Activity } from "./activities.ts";
import type { Clients } from "./clients.ts";
import type { Listed } from "./file.ts";
import { judgePair } from "./judge-pair.ts";
import { runPair } from "./pair.ts";
import type { PartFiles } from "./part-files.ts";
import type { PlannedCell } from "./plan.ts";
import { probeServer } from "./probe.ts";
import type { Cell, CellPart, Peer } from "./results.ts";
import type { MatrixContext } from "./run.ts";
import { knownOf, knownReasons } from "./suite.ts";
import { cellOutcome } from "./verdict.ts";

/** So often is a server that ended started again; then the rest of its row is not available. */
const starts = 3;

/** A part that takes longer than this many milliseconds is a fault of the suite: every wait has its own deadline. */
const partLimitMs = 120_000;

export interface RowResult {
  readonly peer: Peer;
}

/** Runs the pairs of one server. Each cell is handed over as it is done. */
export async function runRow(
  server: Listed,
  cells: readonly PlannedCell[],
  clients: Clients,
  context: MatrixContext,
  take: (cell: Cell) => void,
): Promise<RowResult> {
  const about = peerOf(server);
  const finish = (unavailable: string): RowResult => {
    for (const planned of cells)
      take(context.cell(planned, { verdict: "unavailable", reason: unavailable, parts: [] }));
    return { peer: { ...about, unavailable } };
  };
  if (server.target === undefined || server.unavailable !== undefined)
    return finish(server.unavailable ?? "it has no target");
  const upkeep = await startServer(server, context);
  if ("unavailable" in upkeep) return finish(upkeep.unavailable);
  try {
    for (const planned of cells) {
      if (context.signal.aborted) break;
      take(await runCell(planned, upkeep, clients, context));
    }
    const { version } = upkeep.target().file;
    const peer = {
      ...about,
      ...(version === undefined ? {} : { version }),
      reach: upkeep.target().reach,
      probe: upkeep.probe,
    };
    return { peer };
  } finally {
    await upkeep.stop();
  }
}

export function peerOf({ name, role, word, target, dialects, unavailable }: Listed): Peer {
  return {
    name,
    role,
    ...(word === undefined ? {} : { target: word }),
    ...(target?.version === undefined ? {} : { version: target.version }),
    ...(dialects === undefined ? {} : { dialects }),
    ...(unavailable === undefined ? {} : { unavailable }),
  };
}

/** The server of a row, kept up. */
interface Upkeep {
  readonly probe: NonNullable<Peer["probe"]>;
  target(): RunningTarget;
  /** Facts about it under a dialect, found out once. */
  controls(dialect: DialectName): Promise<ControlOutcome>;
  /** Starts it again where it has ended; why it is not up, when it is not. */
  ensure(during: string): Promise<string | undefined>;
  stop(): Promise<void>;
}

async function startServer(server: Listed, context: MatrixContext): Promise<Upkeep | { readonly unavailable: string }> {
  const file = context.scaledFile(server);
  const last: string[] = [];
  const options: StartOptions = {
    timeScale: context.timeScale,
    log: (line) => {
      last.push(line.slice(0, 300));
      if (last.length > 5) last.shift();
    },
  };
  const first = await probeServer(file, options);
  if ("unavailable" in first) return first;
  let { target } = first;
  let left = starts - 1;
  let lost: string | undefined;
  const known = new Map<DialectName, Promise<ControlOutcome>>();
  return {
    probe: first.probe,
    target: () => target,
    controls: (dialect) => {
      const found = known.get(dialect) ?? controlsOf(target, dialect, context);
      known.set(dialect, found);
      return found;
    },
    async ensure(during) {
      if (lost !== undefined || (await isListening(target))) return lost;
      const output = last.length === 0 ? "" : `; its last output: ${last.join(" | ")}`;
      const ended = `${server.name} ended in ${during}${output}`;
      await target.stop();
      const again = left > 0 ? await probeServer(file, options) : { unavailable: `it was started ${starts} times` };
      left -= 1;
      if ("target" in again) target = again.target;
      else lost = `${ended}; ${again.unavailable}`;
      return lost;
    },
    stop: () => target.stop(),
  };
}

function isListening({ host, port, reach }: RunningTarget): Promise<boolean> {
  if (reach === "built-in") return Promise.resolve(true);
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const settle = (is: boolean) => {
      resolve(is);
      socket.destroy();
    };
    socket.once("connect", () => settle(true));
    socket.once("error", (error: NodeJS.ErrnoException) => settle(error.code !== "ECONNREFUSED"));
  });
}

function controlsOf(target: RunningTarget, dialect: DialectName, context: MatrixContext): Promise<ControlOutcome> {
  const { plan, judging, signal } = context;
  const controls = plan.all.filter(
    (one) => one.dialect === dialect && one.scenario.role === "server" && one.scenario.control !== undefined,
  );
  const execute = {
    target,
    judging,
    flooded: [],
    seed: 1,
    runTag: context.tag(),
    rerun: () => "",
    signal,
    policies: policiesOf(target.file, plan.catalogue),
  };
  const needs = (facts: Facts) => ({ file: target.file, target, dialect: dialects[dialect], facts });
  let index = 0;
  return runControls(dialect, controls, execute, needs, () => index++);
}

async function runCell(planned: PlannedCell, upkeep: Upkeep, clients: Clients, context: MatrixContext): Promise<Cell> {
  const { dialect } = planned;
  const client = planned.client as Listed;
  const started = performance.now();
  const without = (verdict: "unavailable" | "not-common", reason: string) =>
    context.cell(planned, { verdict, reason, parts: [] });
  const found = await clients.get(client);
  if ("unavailable" in found) return without("unavailable", found.unavailable);
  if (dialect === undefined) return without("not-common", notCommon(planned));
  if (upkeep.target().secure) return without("unavailable", "what is encrypted (wss) cannot be watched");
  const parts: CellPart[] = [];
  const go = (isLast: boolean) =>
    found.use((target, keys) =>
      runActivities(planned, dialect, { isLast, upkeep, client: target, keys }, parts, context),
    );
  const failed = await go(false);
  if (failed) {
    parts.pop();
    await found.renew(failed);
    await go(true);
  }
  const durationMs = Math.round(performance.now() - started);
  return context.cell(planned, { ...cellOutcome(parts), parts, durationMs });
}

/**
 * Goes on with the activities behind those that are done already.
 * @returns the client when it did not come to one of them; it stands last among the parts then
 */
async function runActivities(
  planned: PlannedCell,
  dialect: DialectName,
  peers: PartPeers,
  parts: CellPart[],
  context: MatrixContext,
): Promise<RunningTarget | undefined> {
  let blocked: CellPart | undefined;
  for (const activity of context.file.activities.slice(parts.length)) {
    if (context.signal.aborted) return undefined;
    const gone = blocked ? undefined : await peers.upkeep.ensure(`${planned.id} before ${activity.id}`);
    if (blocked) parts.push(blockedPart(activity, blocked));
    else if (gone !== undefined) parts.push({ ...partAbout(activity), verdict: "unavailable", reason: gone });
    else {
      const { part, basic, absent } = await runPart(planned, activity, dialect, peers, context);
      parts.push(part);
      if (absent && !peers.isLast) return peers.client;
      if (basic) blocked = part;
    }
  }
  return undefined;
}

function notCommon({ server, client }: PlannedCell): string {
  const claims = (peer: Listed | undefined) => `${peer?.name} claims ${peer?.dialects?.join(" and ") ?? "none"}`;
  return `${claims(server)}, ${claims(client)}`;
}

const partAbout = ({ id, area, title }: Activity) => ({ name: id, area, title, durationMs: 0, findings: [] });

/** What rests on a session or a subscription that the pair did not come to is not tried again and again. */
function blockedPart(activity: Activity, { name, verdict, reason = "", charged }: CellPart): CellPart {
  const about = { ...partAbout(activity), verdict, reason: `as in ${name}: ${reason}` };
  return charged === undefined ? about : { ...about, charged };
}

interface PartPeers {
  /** The client is not started again if it does not come. */
  readonly isLast: boolean;
  readonly upkeep: Upkeep;
  readonly client: Parameters<typeof runPair>[0]["client"];
  readonly keys: Parameters<typeof runPair>[0]["keys"];
}

async function runPart(
  planned: PlannedCell,
  activity: Activity,
  dialect: DialectName,
  { upkeep, client, keys }: PartPeers,
  context: MatrixContext,
): Promise<{ readonly part: CellPart; readonly basic: boolean; readonly absent?: boolean }> {
  const started = performance.now();
  const server = upkeep.target();
  const elapsed = () => Math.round(performance.now() - started);
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(), partLimitMs);
  try {
    const controls = await upkeep.controls(dialect);
    const unmet = unmetBy(controls, activity, server, dialect);
    if (unmet !== undefined)
      return { part: { ...partAbout(activity), verdict: "not-common", reason: unmet }, basic: false };
    const id = `${activity.id}/connection[${planned.id.split("@")[0]}]@${dialect}`;
    const done = await runPair({
      server,
      client,
      dialect,
      activity,
      facts: controls.facts,
      id,
      serial: context.tag(),
      random: context.random(id),
      keys,
      signal: AbortSignal.any([context.signal, overdue.signal]),
    });
    if (overdue.signal.aborted) throw new Error(`it took longer than ${partLimitMs} ms`);
    const part = await judgePair(activity, done, {
      judging: context.judging,
      catalogue: context.plan.catalogue,
      rules: { server: rulesOf(server, context), client: rulesOf(client, context) },
    });
    const files: PartFiles = context.keep(planned, activity, done.transcript, part.findings);
    return {
      part: { ...part, durationMs: elapsed(), ...files },
      basic: done.lack?.basic === true || done.unreadable !== undefined,
    };
  } catch (error) {
    const reason = (error as Error).message;
    return { part: { ...partAbout(activity), verdict: "error", reason, durationMs: elapsed() }, basic: false };
  } finally {
    clearTimeout(timer);
  }
}

/** What the server does not claim; where the controls could not find out, the pair is tried all the same. */
function unmetBy(
  { facts, failed }: ControlOutcome,
  { needs }: Activity,
  target: RunningTarget,
  dialect: DialectName,
): string | undefined {
  if (facts === noFacts || failed.has("handshake") || failed.has("session")) return undefined;
  const unmet = unmetNeed(needs, { file: target.file, target, dialect: dialects[dialect], facts });
  return unmet === undefined ? undefined : `the server does not claim ${unmet}`;
}

function rulesOf({ file }: RunningTarget, { plan }: MatrixContext) {
  return { policies: policiesOf(file, plan.catalogue), knownReason: knownReasons(knownOf(file)) };
}
