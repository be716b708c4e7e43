/**
 * Judges clients that cannot be started by a command: each case has a URL, and is run when a client comes to it.
 * The client that the page brings along is sent to all of them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../run/errors.ts";
import type { RunOptions } from "../run/judge-target.ts";
import { startJudging } from "../run/judging.ts";
import { packageRoot, requirementsFolder } from "../run/package-root.ts";
import { makePlan } from "../run/plan.ts";
import { checkPolicies } from "../run/policies.ts";
import type { Results } from "../run/results.ts";
import { openBench } from "./bench.ts";
import { openBoard } from "./board.ts";
import { openPages } from "./pages.ts";
import { openPort, pathOfCase } from "./port.ts";

export interface ServeOptions extends Omit<RunOptions, "listen" | "bail" | "role"> {
  /** Where to listen; port 0: any free one. */
  readonly at: { readonly host: string; readonly port: number };
  /** Host in the URLs of the cases; default that of `at`. */
  readonly host?: string;
  /** End when a client has come to every case that one can come to by itself. */
  readonly untilAll: boolean;
  /** Style sheet that the page follows. */
  readonly style: string;
  /** Told where the page is. */
  readonly onListening: (page: string) => void;
  /** Ends the serving. */
  readonly signal: AbortSignal;
}

/**
 * Serves until the signal, or with `untilAll` until all cases were judged. Of a case that was run more than
 * once the last result counts.
 * @throws UsageError for a broken fixture, a pattern that matches nothing, or a port that cannot be opened
 */
export async function serve(options: ServeOptions): Promise<Results> {
  const made = makePlan({ ...options, role: "client" });
  checkPolicies(options.target, made.catalogue);
  const { host, port: wanted } = options.at;
  const port = await openPort(host, wanted).catch((error: Error) => {
    throw new UsageError(`${host}:${wanted} cannot be listened at: ${error.message}; choose another by --listen`);
  });
  const authority = `${bracketed(options.host ?? host)}:${port.port}`;
  const urlOf = (caseId: string) => `ws://${authority}${pathOfCase(caseId)}`;
  const kept = options.out ?? mkdtempSync(join(tmpdir(), "ncwspec-serve-"));
  const judging = startJudging(made.catalogue, requirementsFolder());
  const board = openBoard(made.cases, urlOf);
  const bench = openBench(made, { ...options, out: kept }, { board, judging, urlOf });
  const pages = openPages({
    board,
    subprotocol: options.target.claims.subprotocol ?? "",
    style: options.style,
    modules: join(packageRoot(), "harness", "browser"),
    transcripts: kept,
    join: bench.join,
  });
  try {
    port.attend({ visit: bench.visit, other: (socket) => void pages.emit("connection", socket) });
    options.onListening(`http://${authority}/`);
    await Promise.race([aborted(options.signal), ...(options.untilAll ? [bench.all] : [])]);
    return await bench.results(`http://${authority}/`);
  } finally {
    port.close();
    await judging.close();
    if (options.out === undefined) rmSync(kept, { recursive: true, force: true });
  }
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    if (signal.aborted) settle();
    signal.addEventListener("abort", () => settle(), { once: true });
  });
}
