import { Command, InvalidArgumentError, Option } from "commander";
import type { Observation, ObserveOptions } from "../run/observe.ts";
import type { CaseResult, Results } from "../run/results.ts";
import type { DialectName } from "../wire/types.ts";
import type { Live } from "./live.ts";
import type { Finish } from "./program.ts";
import { complain } from "./terminal.ts";
import { listenPlace, oneDialect, type Place, path, placeOf, wholeNumber } from "./values.ts";

interface Flags {
  readonly listen: Place;
  readonly forward: Place;
  readonly dialect?: DialectName;
  readonly connections?: number;
  readonly once?: true;
  readonly strict?: true;
  readonly known?: string;
  readonly out?: string;
  readonly json?: string;
  readonly junit?: string;
  readonly allure?: string;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** `ncwspec observe`: sits between two peers and judges both. */
export function observeCommand(finish: Finish): Command {
  return new Command("observe")
    .description("sit between a client and a server, and judge both ends of each connection")
    .requiredOption("--forward <place>", "where connections go on to: host:port, or a ws:// URL", forwardPlace)
    .addOption(
      new Option("--listen <host:port>", "where the client connects to")
        .argParser(listenPlace)
        .default({ host: "127.0.0.1", port: 0 }, "a free port of 127.0.0.1"),
    )
    .optionsGroup("What counts:")
    .option("--dialect <name>", "of a request that names no dialect that is known", oneDialect)
    .option("--strict", "warn and inconc count as failures")
    .option("--known <file>", "known failures (YAML); they do not count, and must still fail", path)
    .optionsGroup("When it ends (else at Ctrl-C):")
    .option("--connections <n>", "when that many connections have ended", wholeNumber(1, 1_000_000))
    .option("--once", "when one connection has ended")
    .optionsGroup("What is written:")
    .option("--out <dir>", "results, an HTML page and a transcript of each connection", path)
    .option("--json <file>", "results file", path)
    .option("--junit <file>", "JUnit XML", path)
    .option("--allure <dir>", "Allure results", path)
    .option("--quiet", "only what is unexpected")
    .option("--verbose", "every connection, and the stack of an internal error")
    .addHelpText("after", EXAMPLES)
    .action(async (flags: Flags) => finish(await execute(flags)));
}

const EXAMPLES = `
No byte is altered. A connection is two cases: observed/server[n]@dialect and observed/client[n]@dialect.

Examples:
  $ ncwspec observe --listen 127.0.0.1:9000 --forward 127.0.0.1:8080
  $ ncwspec observe --listen 0.0.0.0:9000 --forward ws://device:8080/netconf --out out
  $ ncwspec observe --listen 127.0.0.1:9000 --forward 127.0.0.1:8080 --once --junit pair.xml
  $ ncwspec judge 'out/transcripts/observed_connection[1]@rfc6455.jsonl' --pcapng pair.pcapng`;

function forwardPlace(text: string): Place {
  if (/^wss:/i.test(text))
    throw new InvalidArgumentError("What TLS carries cannot be watched; give the port behind it.");
  const url = /^ws:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  const place = url ? placeOf(`${url.hostname}:${url.port === "" ? "80" : url.port}`) : placeOf(text);
  if (place && place.port > 0) return place;
  throw new InvalidArgumentError("Write host:port or ws://host:port/path.");
}

async function execute(flags: Flags): Promise<number> {
  const { prepareOutputs } = await import("./outputs.ts");
  const { loadKnown } = await import("../run/known.ts");
  const { openLive } = await import("./live.ts");
  const { listenForInterrupt } = await import("./interrupt.ts");
  const { observe } = await import("../run/observe.ts");
  const { UsageError } = await import("../run/errors.ts");
  const known = flags.known === undefined ? undefined : loadKnown(flags.known);
  prepareOutputs(flags);
  const live = openLive(flags.quiet === true);
  const observation = await observe(await optionsOf(flags, live)).catch((error: Error) => {
    throw new UsageError(`cannot listen on ${shown(flags.listen)}: ${error.message}`);
  });
  const interrupt = listenForInterrupt();
  try {
    const { host, port } = observation;
    complain(`observing ${shown({ host, port })}, which goes on to ${shown(flags.forward)}`);
    await ended(observation, flags, interrupt.signal);
    return await conclude(await observation.stop(), observation, flags, known);
  } finally {
    interrupt.dispose();
    live.end();
  }
}

function shown({ host, port }: Place): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

async function optionsOf(flags: Flags, live: Live): Promise<ObserveOptions> {
  const { printable } = await import("../../reports/text.ts");
  const { dialect } = flags;
  return {
    listen: flags.listen,
    forward: flags.forward,
    ...(dialect === undefined ? {} : { dialect }),
    ...(flags.out === undefined ? {} : { out: flags.out }),
    onNote: (line) => live.line(live.style.dim(printable(line))),
    onCase: (result, number) => {
      for (const line of linesOf(result, number, flags.verbose === true)) live.line(printable(line));
    },
  };
}

/** One line a finding; where there is none, one on what came of it, if that is wanted or nothing was judged. */
function linesOf(result: CaseResult, number: number, verbose: boolean): string[] {
  const who = `connection ${number}, ${result.role}`;
  if (result.findings.length > 0)
    return result.findings.map(
      ({ requirement, level, clause, message }) => `${who}: ${requirement} (${level}, ${clause}): ${message}`,
    );
  if (result.reason !== undefined && result.role === "client") return [`connection ${number}: ${result.reason}`];
  return verbose && result.reason === undefined ? [`${who}: ${result.verdict}`] : [];
}

async function ended(observation: Observation, { connections, once }: Flags, signal: AbortSignal): Promise<void> {
  const wanted = once ? 1 : connections;
  const interrupted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await (wanted === undefined ? interrupted : Promise.race([interrupted, observation.judged(wanted)]));
}

async function conclude(
  raw: Results,
  { unreachable }: Observation,
  flags: Flags,
  known: Parameters<typeof import("../run/known.ts").applyKnown>[1] | undefined,
): Promise<number> {
  const { applyKnown } = await import("../run/known.ts");
  const { EXIT, exitCode, strongest } = await import("../run/exit-code.ts");
  const { writeOutputs } = await import("./outputs.ts");
  const { printSummary } = await import("./summary.ts");
  const strict = flags.strict === true;
  const { results, stale } = known ? applyKnown(raw, known) : { results: raw, stale: [] };
  const written = await writeOutputs(results, flags, { strict, stale, transcripts: flags.out });
  printSummary(results, flags, { stale, written, folder: flags.out });
  // Ctrl-C is how watching ends, and no interruption.
  const code = exitCode(results, { strict, stale, interrupted: false });
  return unreachable === undefined ? code : strongest([EXIT.unreachable, code]);
}
