/**
 * The positive controls of a run: for each dialect a plain handshake, a session, an rpc, the streams, a
 * subscription, an event, a replay; of a client a handshake, a session, a subscription, the report of a notification
 * and a session closed when told so. What they find out decides which cases are worth running.
 */
import { readConversation } from "../judge/conversation.ts";
import { eventsOf, replyTo } from "../judge/lookup.ts";
import type { Transcript } from "../judge/types.ts";
import { readStreams } from "../netconf/index.ts";
import type { Facts } from "../scenario/context.ts";
import { clockOffset } from "../scenario/time.ts";
import type { Case, Control } from "../scenario/types.ts";
import type { DialectName } from "../wire/types.ts";
import { type ExecuteContext, type Executed, execute } from "./execute.ts";
import { type NeedsContext, unmetNeed } from "./needs.ts";

export const noFacts: Facts = { capabilities: [], streams: [], clockOffsetMs: 0, sessionEvents: [] };

/** The order in which controls build on each other. */
export const controlOrder: readonly Control[] = [
  "handshake",
  "session",
  "rpc",
  "streams",
  "subscription",
  "event",
  "replay",
  "report",
  "close",
];

export interface ControlOutcome {
  readonly dialect: DialectName;
  readonly facts: Facts;
  /** Why a control did not get through; absent for those that did, and for those that do not apply. */
  readonly failed: ReadonlyMap<Control, string>;
  readonly executed: ReadonlyMap<string, Executed>;
  /** The opening handshake got a 101, or the client went on behind ours. */
  readonly upgraded: boolean;
  /** Why a client came to no URL that it was given; absent where it came, or says that it does not implement that. */
  readonly unreached?: string;
  /** A client says that it does not implement the dialect. */
  readonly notImplemented: boolean;
}

/** Runs the controls of one dialect in their order. `index` numbers their events. */
export async function runControls(
  dialect: DialectName,
  controls: readonly Case[],
  context: ExecuteContext,
  needs: (facts: Facts) => NeedsContext,
  index: () => number,
): Promise<ControlOutcome> {
  const failed = new Map<Control, string>();
  const executed = new Map<string, Executed>();
  const wall = performance.timeOrigin;
  let facts = noFacts;
  let upgraded = false;
  for (const name of controlOrder) {
    const one = controls.find((candidate) => candidate.scenario.control === name);
    if (!one || context.signal.aborted) continue;
    if (unmetNeed(one.scenario.needs, needs(facts)) !== undefined) continue;
    const blocker = one.scenario.rests.find((control) => failed.has(control));
    if (blocker !== undefined) {
      failed.set(name, failed.get(blocker) as string);
      continue;
    }
    const startedAt = wall + performance.now();
    const outcome = await execute(one, index(), facts, context);
    executed.set(one.id, outcome);
    if (outcome.transcript) facts = learn(facts, name, outcome.transcript, startedAt);
    if (name === "handshake" && outcome.through) upgraded = true;
    if (!outcome.through)
      failed.set(
        name,
        `the control ${one.id} did not get through: ${outcome.result.reason ?? tlsRefusal(outcome) ?? firstFinding(outcome)}`,
      );
  }
  return { dialect, facts, failed, executed, upgraded, ...reached(executed) };
}

/** What became of a client in the first control of its dialect. */
function reached(executed: ReadonlyMap<string, Executed>): Pick<ControlOutcome, "unreached" | "notImplemented"> {
  const [first] = executed.values();
  const notImplemented = first?.result.verdict === "n/a";
  const came = first?.transcript?.entries.some((entry) => entry.type === "tcp" && entry.event === "open") ?? true;
  if (came || notImplemented) return { notImplemented };
  return { notImplemented, unreached: (first?.result.reason ?? "no reason known").replace(/^step \d+ \(\w+\): /, "") };
}

/** What the target said when it ended TLS: it explains the findings that came of it. */
function tlsRefusal({ transcript }: Executed): string | undefined {
  const entry = transcript?.entries.find((one) => one.type === "step" && one.step === "tls-failed");
  return entry?.type === "step" ? String(entry.detail?.["reason"]) : undefined;
}

function firstFinding(outcome: Executed): string {
  return outcome.result.findings[0]?.message ?? "no reason known";
}

function learn(facts: Facts, control: Control, transcript: Transcript, startedAt: number): Facts {
  const conversation = readConversation(transcript);
  const first = [...conversation.connections.values()][0];
  if (!first) return facts;
  if (control === "session") {
    const hello = first.messages.find(
      (message) => message.netconf?.kind === "hello" && message.from === conversation.target,
    );
    return hello?.netconf?.kind === "hello"
      ? { ...facts, capabilities: hello.netconf.capabilities.map((uri) => uri.trim()) }
      : facts;
  }
  if (control === "streams") {
    const data = replyTo(conversation, "streams")?.netconf.data[0];
    if (!data) return facts;
    return {
      ...facts,
      streams: readStreams(data).streams.map((stream) => ({
        name: stream.name ?? "",
        replay: stream.replaySupport === true,
      })),
    };
  }
  if (control !== "event") return facts;
  const watcher = conversation.connections.get("a") ?? first;
  const caused = eventsOf(conversation, watcher, "first")[0];
  const offset = caused && clockOffset(caused.netconf.eventTime ?? "", startedAt + caused.t);
  const aboutSession = eventsOf(conversation, watcher, "x-events");
  return {
    ...facts,
    ...(offset === undefined ? {} : { clockOffsetMs: offset }),
    sessionEvents: aboutSession.map((message) => message.netconf.content?.local ?? ""),
  };
}
