/** One activity of a pair: a proxy between the two, the client's task, and the steps of the activity. It judges nothing. */
import net from "node:net";
import { readConversation } from "../judge/conversation.ts";
import type { Transcript } from "../judge/types.ts";
import type { keyMemory } from "../observe/keys.ts";
import { startProxy } from "../observe/proxy.ts";
import { type DriveContext, DriveStop, type Facts } from "../scenario/context.ts";
import { driveContext, steps } from "../scenario/drive.ts";
import { openStage, type Stage } from "../scenario/stage.ts";
import type { Case } from "../scenario/types.ts";
import { openInbox } from "../session/inbox.ts";
import type { Arrival, Listener } from "../session/listener.ts";
import { type Recorder, startRecorder } from "../session/recorder.ts";
import type { ClientUnderTest } from "../target/client.ts";
import type { RunningTarget } from "../target/types.ts";
import type { DialectName } from "../wire/types.ts";
import type { Activity } from "./activities.ts";
import { type Missing, pairView, sessionIdOf, type Wanted } from "./progress.ts";
import { hasEnded, type PairWatch, watchPair } from "./watch.ts";

export interface Pair {
  readonly server: RunningTarget;
  readonly client: RunningTarget & { readonly client: ClientUnderTest };
  readonly dialect: DialectName;
  readonly activity: Activity;
  /** What the controls found out about the server under that dialect. */
  readonly facts: Facts;
  /** Case id that the client is given; no other task of the client has it at the same time. */
  readonly id: string;
  /** Tells the events of this activity from those of others. */
  readonly serial: string;
  readonly random: (size: number) => Uint8Array;
  /** Keys that this client drew on earlier connections. */
  readonly keys: ReturnType<typeof keyMemory>;
  readonly signal: AbortSignal;
}

export interface PairDone {
  readonly transcript: Transcript;
  /** What the pair did not come to; absent when it did all. */
  readonly lack?: Missing;
  /** Why the activity could not be brought about: a session of the suite's own failed, or the proxy. */
  readonly unprovoked?: string;
  /** Why nothing of what went over the wire can be judged. */
  readonly unreadable?: string;
  /** What one of the two says that it does not do. */
  readonly notDone?: string;
  /** What was left out, for a pair that did all the rest. */
  readonly note?: string;
  /** What the client reported, and how it ended. */
  readonly said: readonly string[];
}

/** Runs the activity to its end, or to where the pair does not go on. Everything it opened is closed then. */
export async function runPair(pair: Pair): Promise<PairDone> {
  const { server, client, dialect, id, keys } = pair;
  const watch = watchPair({ case: id, dialect }, startRecorder());
  const arrivals = openInbox<Arrival>();
  const proxy = await startProxy({
    listen: { host: "127.0.0.1", port: 0 },
    forward: { host: server.host, port: server.port },
    onEntry: (entry) => {
      // The proxy has accepted it; who waits only wants to know that the client has come.
      if (entry.type === "tcp" && entry.event === "open") arrivals.post({ socket: new net.Socket(), bytes: noBytes });
      watch.recorder.add(entry);
    },
    onEnd: () => {},
    note: () => {},
  });
  const place: Listener = {
    url: `${server.secure ? "wss" : "ws"}://127.0.0.1:${proxy.port}${server.path}`,
    arrivals,
    offer: () => {},
    close: () => {},
  };
  const stage = openStage({
    client: client.client,
    task: { case: id, dialect, subprotocol: client.file.claims.subprotocol ?? "" },
    open: async () => place,
    recorder: watch.recorder,
  });
  const options = { ...pair, case: caseOf(pair), target: server, clock: Date.now };
  const context = driveContext(options, apart(watch.recorder), stage);
  const hangUp = () => {
    for (const connection of context.connections.values()) connection.destroy();
  };
  const cut = () => {
    hangUp();
    watch.look();
    void proxy.stop();
  };
  pair.signal.addEventListener("abort", cut);
  try {
    const outcome = await drivePair(pair, context, watch, stage);
    await settled(pair, watch, stage, outcome);
    return { transcript: withKeys(watch.transcript(), keys), said: saidIn(watch.transcript()), ...outcome };
  } finally {
    pair.signal.removeEventListener("abort", cut);
    hangUp();
    await Promise.all([stage.close(), proxy.stop()]);
  }
}

const noBytes = new Uint8Array();

type Outcome = Omit<PairDone, "transcript" | "said">;

async function drivePair(pair: Pair, context: DriveContext, watch: PairWatch, stage: Stage): Promise<Outcome> {
  for (const step of pair.activity.drive) {
    if (pair.signal.aborted) return { unprovoked: "interrupted" };
    const [name = "", value] = Object.entries(step)[0] ?? [];
    const untold = name === "control" ? untoldLine(stage, value) : undefined;
    if (untold !== undefined) return untold;
    if (name === "seen") {
      const lack = await seen(pair, context, watch, stage, value as Wanted);
      if (stage.refused) return { notDone: "the client says that it does not implement this (exit 127)" };
      if (lack) return lack.unreadable ? { unreadable: lack.reason } : { lack };
      continue;
    }
    try {
      await steps[name]?.(context, value);
    } catch (error) {
      if (!(error instanceof DriveStop)) throw error;
      return { unprovoked: `the suite's own part failed: ${error.message}` };
    }
  }
  return {};
}

/** A client that takes no such line is not told; what would come behind it is left out. */
function untoldLine({ offers }: Stage, value: unknown): Outcome | undefined {
  const word = Object.keys(value as object)[0] ?? "";
  if (offers.control.includes(word)) return undefined;
  if (word === "close") return { note: "how it closes was not tried: the client takes no control line close" };
  return { notDone: `the client takes no control line ${word}` };
}

async function seen(
  pair: Pair,
  context: DriveContext,
  watch: PairWatch,
  stage: Stage,
  wanted: Wanted,
): Promise<Missing | undefined> {
  const lack = await watch.until(
    wanted,
    patienceFor(pair, watch),
    (mark) => context.marks.get(mark) ?? [],
    () => pair.signal.aborted || isDone(watch.transcript()),
  );
  const view = pairView(readConversation(watch.transcript()));
  const sessionId = view && sessionIdOf(view);
  if (sessionId !== undefined) context.sessionIds.set("pair", sessionId);
  if (lack && view === undefined) return { ...lack, reason: await whyAbsent(stage, lack) };
  return lack;
}

/** Why a client did not come: with its exit status and what it printed last. */
async function whyAbsent(stage: Stage, { reason }: Missing): Promise<string> {
  if ((await stage.exit(0)) === undefined) return reason;
  const arrived = await stage.arrival(0);
  return "missing" in arrived ? arrived.missing : reason;
}

/** Milliseconds without anything new after which a pair is not waited for any more. */
function patienceFor({ server, client }: Pair, watch: PairWatch): number {
  const ends = [server.file.access.deadlines, client.file.access.deadlines];
  const came = watch.transcript().entries.some(({ type }) => type === "tcp");
  return Math.max(
    ...ends.flatMap(({ reply, event, close }) => [reply, event, close]),
    came ? 0 : client.client.arrival,
  );
}

/** Lets the two come to an end, so that what they do last is on the record too. */
async function settled(pair: Pair, watch: PairWatch, stage: Stage, outcome: Outcome): Promise<void> {
  if (pair.signal.aborted || Object.keys(outcome).length > 0) return;
  const { close } = pair.client.file.access.deadlines;
  await watch.until(
    "ended",
    close,
    () => [],
    () => pair.signal.aborted,
  );
  await stage.exit(stage.offers.control.includes("connect") ? 0 : close);
}

/** The transcript with the keys of earlier connections in front, for the judgement of those of this one. */
function withKeys(transcript: Transcript, keys: Pair["keys"]): Transcript {
  const step = keys.step(transcript.entries, transcript.dialect);
  return step === undefined ? transcript : { ...transcript, entries: [step, ...transcript.entries] };
}

/** Longest report, and the most of them, that the results hold; the transcript has all. */
const longestReport = 300;
const mostReports = 40;

function saidIn({ entries }: Transcript): string[] {
  const said = entries.flatMap((entry) => {
    if (entry.type !== "step") return [];
    if (entry.step === "report") return [clipped(JSON.stringify(entry.detail))];
    return entry.step === "exit" ? [`ended: ${String(entry.detail?.["how"])}`] : [];
  });
  const rest = said.length - mostReports;
  return rest > 0 ? [...said.slice(0, mostReports), `and ${rest} more`] : said;
}

function clipped(text: string): string {
  return text.length > longestReport ? `${text.slice(0, longestReport)}…` : text;
}

/** The client has ended, and its connections with it. */
function isDone({ entries }: Transcript): boolean {
  return entries.some((entry) => entry.type === "step" && entry.step === "exit") && hasEnded(entries);
}

/** What the suite's own sessions do is no matter of the pair; which events they make is. */
function apart(recorder: Recorder): Recorder {
  const own = startRecorder();
  return {
    entries: own.entries,
    add: (entry) =>
      entry.type === "step" && ["trigger", "control"].includes(entry.step) ? recorder.add(entry) : own.add(entry),
  };
}

function caseOf({ id, activity, dialect }: Pair): Case {
  const { title, needs, drive, judge, area } = activity;
  const scenario = {
    id,
    title,
    role: "server",
    needs,
    covers: [],
    exclusive: false,
    drive,
    judge,
    rests: [],
    file: "",
  } as const;
  return { id, scenario, suite: area, dialect, title, drive, judge, requirements: [] };
}
