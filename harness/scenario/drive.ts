/** The interpreter of drive steps: a case and a target go in, a transcript comes out. It decides nothing. */
import type { Transcript } from "../judge/types.ts";
import { type Listener, listen } from "../session/listener.ts";
import { type Recorder, startRecorder } from "../session/recorder.ts";
import type { RunningTarget } from "../target/types.ts";
import { dialects } from "../wire/index.ts";
import { type DriveContext, DriveStop, type Facts } from "./context.ts";
import { openStage, type Stage } from "./stage.ts";
import { awaitStep } from "./steps/await.ts";
import { certificateStep } from "./steps/certificate.ts";
import { controlStep } from "./steps/control.ts";
import { rpcStep, sessionStep, subscribeStep } from "./steps/netconf.ts";
import { probeStep } from "./steps/ordered-probe.ts";
import { acceptStep, helloStep, respondStep, serveStep, taskStep } from "./steps/serve.ts";
import { answerStep, notifyStep } from "./steps/server-netconf.ts";
import { subscribeEachStep } from "./steps/streams.ts";
import {
  autoStep,
  closeStep,
  connectStep,
  openStep,
  pingStep,
  releaseStep,
  requestStep,
  sendStep,
  tcpStep,
} from "./steps/transport.ts";
import { sessionMarkStep, triggerStep } from "./steps/trigger.ts";
import type { Case } from "./types.ts";

type StepRunner = (context: DriveContext, value: unknown) => Promise<void>;

/** The vocabulary of `drive`. */
export const steps: Readonly<Record<string, StepRunner>> = {
  connect: connectStep,
  request: requestStep,
  release: releaseStep,
  open: openStep,
  session: sessionStep,
  send: sendStep,
  ping: pingStep,
  probe: probeStep,
  rpc: rpcStep,
  subscribe: subscribeStep,
  "subscribe-each": subscribeEachStep,
  trigger: triggerStep,
  "session-mark": sessionMarkStep,
  control: controlStep,
  certificate: certificateStep,
  await: awaitStep,
  close: closeStep,
  tcp: tcpStep,
  auto: autoStep,
  // of the role client
  task: taskStep,
  accept: acceptStep,
  respond: respondStep,
  serve: serveStep,
  hello: helloStep,
  answer: answerStep,
  notify: notifyStep,
};

/** Why a drive stopped whose run was interrupted; it is not judged. */
export const interrupted = "interrupted";

export interface DriveOptions {
  readonly case: Case;
  readonly target: RunningTarget;
  readonly facts: Facts;
  readonly random: (size: number) => Uint8Array;
  readonly serial: string;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Opens the place where a client has to come to in that case; absent: a free port of 127.0.0.1. */
  readonly listen?: (caseId: string) => Promise<Listener>;
}

export interface DriveOutcome {
  readonly transcript: Transcript;
  /** Why the drive did not come to its end; absent when it did. */
  readonly stopped?: string;
  /** The client says that it does not implement the case. */
  readonly notImplemented?: true;
}

/**
 * Runs the steps in order and closes every connection afterwards. A step that does not get what it needs
 * ends the drive; what happened until then is judged.
 */
export async function drive(options: DriveOptions): Promise<DriveOutcome> {
  const recorder = startRecorder();
  const stage = stageFor(options, recorder);
  const context = driveContext(options, recorder, stage);
  const hangUp = () => {
    for (const connection of context.connections.values()) connection.destroy();
    return stage?.close();
  };
  options.signal.addEventListener("abort", hangUp);
  const stopped = await runSteps(context).finally(() => {
    options.signal.removeEventListener("abort", hangUp);
    return hangUp();
  });
  const transcript = {
    case: options.case.id,
    dialect: options.case.dialect,
    role: options.case.scenario.role,
    entries: recorder.entries,
  };
  return {
    transcript,
    ...(stopped === undefined ? {} : { stopped }),
    ...(stage?.refused ? { notImplemented: true } : {}),
  };
}

/** What the steps of a drive share, at its beginning. */
export function driveContext(options: DriveOptions, recorder: Recorder, stage: Stage | undefined): DriveContext {
  return {
    ...options,
    stage,
    openRpcs: new Map(),
    taken: new Set(),
    subscribed: new Set(),
    dialect: dialects[options.case.dialect],
    recorder,
    connections: new Map(),
    headers: new Map(),
    certificates: new Map(),
    sessionIds: new Map(),
    marks: new Map(),
    messageIds: new Map(),
    waiting: new Map(),
    counter: 0,
  };
}

function stageFor(options: DriveOptions, recorder: Recorder): Stage | undefined {
  const { client, file, path } = options.target;
  if (!client || options.case.scenario.role !== "client") return undefined;
  return openStage({
    client,
    task: { case: options.case.id, dialect: options.case.dialect, subprotocol: file.claims.subprotocol ?? "" },
    open: options.listen ?? (() => listen(path)),
    recorder,
  });
}

async function runSteps(context: DriveContext): Promise<string | undefined> {
  for (const [index, step] of context.case.drive.entries()) {
    if (context.signal.aborted) return interrupted;
    const [name = "", value] = Object.entries(step)[0] ?? [];
    const run = Object.hasOwn(steps, name) ? steps[name] : undefined;
    if (!run) throw new Error(`unknown drive step "${name}" in ${context.case.scenario.file}`);
    try {
      await run(context, value);
      const live = [...context.connections.values(), ...(context.stage ? [context.stage] : [])];
      const [cut] = live.flatMap(({ givenUp }) => givenUp ?? []);
      if (cut !== undefined) throw new DriveStop(cut);
    } catch (error) {
      if (context.signal.aborted) return interrupted;
      if (!(error instanceof DriveStop)) throw error;
      const reason = `step ${index + 1} (${name}): ${error.message}`;
      context.recorder.add({ type: "step", step: "stopped", detail: { reason } });
      return reason;
    }
  }
  return context.signal.aborted ? interrupted : undefined;
}
