/** Before a matrix every target is asked for a case that does not exist: it says 127, or it takes it (target contract). */
import { randomBytes } from "node:crypto";
import { listen } from "../session/listener.ts";
import { type ClientUnderTest, notImplemented } from "../target/client.ts";
import { TargetUnavailable, TargetUnreachable } from "../target/index.ts";
import { type StartOptions, startTarget } from "../target/start.ts";
import type { RunningTarget, TargetFile } from "../target/types.ts";
import type { DialectName } from "../wire/types.ts";
import type { Peer } from "./results.ts";

/** A target that is up, or why it is not. */
export type Probed =
  | { readonly target: RunningTarget; readonly probe: NonNullable<Peer["probe"]> }
  | { readonly unavailable: string };

/** No scenario and no activity is called so. */
export function randomCase(): string {
  return `probe/${randomBytes(6).toString("hex")}`;
}

/** Starts a server; one that takes the case that does not exist is up already. Never throws for what a target does. */
export async function probeServer(file: TargetFile, options: StartOptions): Promise<Probed> {
  try {
    return { target: await startTarget(file, { ...options, case: randomCase() }), probe: "takes" };
  } catch (error) {
    if (!(error instanceof TargetUnreachable) || error.exitStatus !== notImplemented)
      return { unavailable: whyOf(error) };
  }
  try {
    return { target: await startTarget(file, options), probe: "refuses" };
  } catch (error) {
    return { unavailable: whyOf(error) };
  }
}

/** Makes a client ready and gives it a task that does not exist. Never throws for what a target does. */
export async function probeClient(file: TargetFile, dialect: DialectName, options: StartOptions): Promise<Probed> {
  try {
    const target = await startTarget(file, options);
    if (!target.client) return { unavailable: `${file.name}: it is not started by a command` };
    const outcome = await giveTask(target.client, file, dialect, options.timeScale ?? 1);
    if (outcome === "takes" || outcome === "refuses") return { target, probe: outcome };
    await target.stop();
    return { unavailable: `${file.name}: ${outcome}` };
  } catch (error) {
    return { unavailable: whyOf(error) };
  }
}

/** Milliseconds that a client has for its first task once it is ready, before --time-scale: a browser warms up. */
const firstTask = 20_000;

/** @returns what it did, or what is wrong with that */
async function giveTask(
  client: ClientUnderTest,
  file: TargetFile,
  dialect: DialectName,
  timeScale: number,
): Promise<string> {
  const listener = await listen("/netconf");
  try {
    const arrived = listener.arrivals.next(() => true, client.arrival);
    const task = {
      case: `${randomCase()}@${dialect}`,
      dialect,
      url: listener.url,
      subprotocol: file.claims.subprotocol ?? "",
    };
    const run = await client.start(task, arrived);
    try {
      // Where it announced itself first, the time it has to arrive begins then.
      const come = arrived.then((arrival) => arrival ?? listener.arrivals.next(() => true, firstTask * timeScale));
      const outcome = await Promise.race([come.then((arrival) => (arrival ? "takes" : "late")), run.ended]);
      if (outcome === "takes" || listener.arrivals.items.length > 0) return "takes";
      if (outcome === notImplemented) return "refuses";
      const output = run.lastOutput() === "" ? "it printed nothing" : `its last output: ${run.lastOutput()}`;
      const how =
        outcome === "late" ? "it did not come to its URL in time" : `it ended (${outcome}) without coming to its URL`;
      return `asked for a case that does not exist it neither took it nor said 127: ${how}; ${output}`;
    } finally {
      listener.close();
      await run.stop();
    }
  } finally {
    listener.close();
  }
}

/** @throws what is no doing of the target */
function whyOf(error: unknown): string {
  if (error instanceof TargetUnreachable || error instanceof TargetUnavailable) return error.message;
  throw error;
}
