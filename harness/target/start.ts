/** Reaching a target: whatever the way, what comes back is a host, a port and a way to stop it. */
import { chooseWay } from "./availability.ts";
import { startBuiltIn } from "./built-in.ts";
import { startBuiltInClient } from "./built-in-client.ts";
import { certificateFault } from "./certificate-fault.ts";
import { startClientProcess } from "./client-process.ts";
import { startContainer } from "./container.ts";
import { TargetUnreachable } from "./errors.ts";
import { listeningFault } from "./listening.ts";
import { startProcess } from "./process.ts";
import type { ContainerReach, ProcessReach, RunningTarget, TargetFile } from "./types.ts";
import type { Way } from "./way.ts";

export interface StartOptions {
  /** Gets each line that the target prints besides the contract's. */
  readonly log?: (line: string) => void;
  /** Factor for every deadline, above 0; default 1. */
  readonly timeScale?: number;
  /** Case the target is started for, for NCWS_CASE; default `*`: any. */
  readonly case?: string;
  /** Dialect of that case, for NCWS_DIALECT; default: those that the target claims, with commas. */
  readonly dialect?: string;
  /** How it is to be started; default: as a process where that can be, else in a container. */
  readonly way?: Way;
  /** Gives up a start that goes on. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a target, or checks that something listens at its URL.
 * @throws TargetUnreachable when nothing listens, or when it is not ready in time
 * @throws TargetUnavailable when something it needs is not installed
 * @throws TargetFileError when the way that is asked for is not offered
 * @throws TargetInterrupted
 */
export async function startTarget(file: TargetFile, options: StartOptions = {}): Promise<RunningTarget> {
  const { reach } = file;
  if ("builtIn" in reach) return file.role === "client" ? startBuiltInClient(file) : startBuiltIn(file);
  if ("url" in reach) return atUrl(file, new URL(reach.url), options.timeScale ?? 1);
  const way = await chooseWay(file, reach, options.way);
  if (way === "container") return startContainer(file, reach.container as ContainerReach, options);
  const start = file.role === "client" ? startClientProcess : startProcess;
  return start(file, reach.process as ProcessReach, options);
}

async function atUrl(file: TargetFile, url: URL, timeScale: number): Promise<RunningTarget> {
  const secure = url.protocol === "wss:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const fault = await listeningFault(host, port, file.access.deadlines.connect * timeScale);
  if (fault !== undefined) {
    const place = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const advice = "start the target or correct its URL";
    throw new TargetUnreachable(`${file.name}: nothing answers at ${place} (${fault}); ${advice}`);
  }
  if (secure) {
    const { deadlines, tls = {} } = file.access;
    const refused = await certificateFault(host, port, tls, deadlines.connect * timeScale);
    if (refused !== undefined) throw new TargetUnreachable(`${file.name}: ${refused}`);
  }
  return {
    file,
    host,
    port,
    path: url.pathname + url.search,
    secure,
    reach: url.href,
    stop: async () => {},
  };
}
