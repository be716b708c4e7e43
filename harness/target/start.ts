/** Reaching a target: whatever the way, what comes back is a host, a port and a way to stop it. */
import { connect } from "node:net";
import { startBuiltIn } from "./built-in.ts";
import { startBuiltInClient } from "./built-in-client.ts";
import { startClientProcess } from "./client-process.ts";
import { startContainer } from "./container.ts";
import { TargetUnreachable } from "./errors.ts";
import { startProcess } from "./process.ts";
import type { RunningTarget, TargetFile } from "./types.ts";

export interface StartOptions {
  /** Gets each line that the target prints besides the contract's. */
  readonly log?: (line: string) => void;
  /** Factor for every deadline, above 0; default 1. */
  readonly timeScale?: number;
  /** Case the target is started for, for NCWS_CASE; default `*`: any. */
  readonly case?: string;
  /** Dialect of that case, for NCWS_DIALECT; default: those that the target claims, with commas. */
  readonly dialect?: string;
}

/**
 * Starts a target, or checks that something listens at its URL.
 * @throws TargetUnreachable when nothing listens, or when it is not ready in time
 * @throws TargetUnavailable when something it needs is not installed
 */
export async function startTarget(file: TargetFile, options: StartOptions = {}): Promise<RunningTarget> {
  const { reach } = file;
  if ("builtIn" in reach) return file.role === "client" ? startBuiltInClient(file) : startBuiltIn(file);
  if ("process" in reach)
    return file.role === "client"
      ? startClientProcess(file, reach.process, options)
      : startProcess(file, reach.process, options);
  if ("container" in reach) return startContainer(file, reach.container, options);
  return atUrl(file, new URL(reach.url), options.timeScale ?? 1);
}

async function atUrl(file: TargetFile, url: URL, timeScale: number): Promise<RunningTarget> {
  const secure = url.protocol === "wss:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  await checkListening(host, port, file.access.deadlines.connect * timeScale, file.name);
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

/** @param deadline milliseconds */
async function checkListening(host: string, port: number, deadline: number, name: string): Promise<void> {
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const reason = await new Promise<string | undefined>((settle) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => done(`no answer within ${Math.round(deadline)} ms`), deadline);
    const done = (outcome?: string) => {
      clearTimeout(timer);
      socket.destroy();
      settle(outcome);
    };
    socket.once("connect", () => done());
    // A reset says that something listens; what it then does is for the cases to say.
    socket.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" ? done() : done(reasons[error.code ?? ""] ?? error.message),
    );
  });
  if (reason === undefined) return;
  throw new TargetUnreachable(`${name}: nothing answers at ${place} (${reason}); start the target or correct its URL`);
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up now",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ETIMEDOUT: "no answer",
};
