import { Command } from "commander";
import type { RunEvent } from "../run/index.ts";
import { isUnexpected } from "../run/results.ts";
import type { Profile, TargetFile } from "../target/types.ts";
import type { Finish } from "./program.ts";
import { addSelection, type SelectionFlags, selectionOf } from "./selection.ts";
import { err } from "./terminal.ts";
import { factor, listenPlace, names, type Place, path, profile } from "./values.ts";

interface Flags extends SelectionFlags {
  readonly listen: Place;
  readonly host?: string;
  readonly name: string;
  readonly untilAll?: true;
  readonly strict?: true;
  readonly policies?: readonly string[];
  readonly profile?: Profile;
  readonly known?: string;
  readonly timeScale?: number;
  readonly out?: string;
  readonly json?: string;
  readonly junit?: string;
  readonly allure?: string;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** `ncwspec serve`: judges a client that cannot be started by a command. */
export function serveCommand(finish: Finish): Command {
  const command = new Command("serve").description("judge a client that comes by itself: a page, and a URL per case");
  addSelection(command)
    .optionsGroup("What is served:")
    .option("--listen <host:port>", "where to listen", listenPlace, { host: "127.0.0.1", port: 6455 })
    .option("--host <name>", "host in the URLs of the cases, where it is not the one to listen at")
    .option("--name <name>", "what the client is called in reports", "client")
    .option("--until-all", "end when a client has come to every case that needs no other ability")
    .optionsGroup("What counts:")
    .option("--strict", "warn and inconc count as failures")
    .option("--policies <ids>", "hold it to rules that no document states: all, or requirement ids (repeatable)", names)
    .option("--profile <revision>", "revision of the binding draft it follows: 00 to 04", profile)
    .option("--known <file>", "known failures (YAML); they do not count, and must still fail", path)
    .option("--time-scale <x>", "factor for every deadline", factor)
    .optionsGroup("What is written at the end:")
    .option("--out <dir>", "results, an HTML page and the transcripts", path)
    .option("--json <file>", "results file", path)
    .option("--junit <file>", "JUnit XML", path)
    .option("--allure <dir>", "Allure results", path)
    .option("--quiet", "only what is unexpected")
    .option("--verbose", "every case, and the stack of an internal error")
    .addHelpText("after", EXAMPLES);
  return command.action(async (flags: Flags) => finish(await execute(flags)));
}

const EXAMPLES = `
Examples:
  $ ncwspec serve                                            then open the page, or point a client at a case
  $ ncwspec serve --dialect rfc6455 --out out --name 'acme 4.2'
  $ ncwspec serve --listen 0.0.0.0:6455 --host lab.example --suite client-handshake --until-all

Ctrl-C ends the serving and writes the results. Exit codes are those of run; 5 where no client came to a case.`;

async function execute(flags: Flags): Promise<number> {
  const { prepareOutputs, writeOutputs } = await import("./outputs.ts");
  const { applyKnown, loadKnown } = await import("../run/known.ts");
  const { listenForInterrupt } = await import("./interrupt.ts");
  const { serve } = await import("../serve/serve.ts");
  const { STYLE } = await import("../../reports/html/style.ts");
  const { exitCode } = await import("../run/exit-code.ts");
  const { printSummary } = await import("./summary.ts");
  const known = flags.known === undefined ? undefined : loadKnown(flags.known);
  const target = await targetOf(flags);
  const selection = await selectionOf(flags);
  prepareOutputs(flags);
  const live = await openServeLive(flags);
  const interrupt = listenForInterrupt();
  const { listen: at, host, timeScale, out } = flags;
  try {
    const raw = await serve({
      ...selection,
      target,
      at,
      ...(host !== undefined && { host }),
      ...(timeScale !== undefined && { timeScale }),
      ...(out !== undefined && { out }),
      ...(known && { known }),
      untilAll: flags.untilAll === true,
      style: STYLE,
      onListening: live.listening,
      onEvent: live.event,
      signal: interrupt.signal,
    });
    live.end();
    const strict = flags.strict === true;
    const { results, stale } = known ? applyKnown(raw, known) : { results: raw, stale: [] };
    const written = await writeOutputs(results, flags, { strict, stale, transcripts: out });
    printSummary(results, flags, { stale, written, folder: out });
    return exitCode(results, { strict, stale, interrupted: false });
  } finally {
    live.end();
    interrupt.dispose();
  }
}

/** A client of which only its name is known. */
async function targetOf({ name, policies, profile }: Flags): Promise<TargetFile> {
  const { clientTarget } = await import("../target/index.ts");
  const { withPolicies } = await import("../run/policies.ts");
  const file = { ...clientTarget([name]), name };
  const target = policies === undefined ? file : withPolicies(file, policies);
  return profile === undefined ? target : { ...target, claims: { ...target.claims, profile } };
}

/** Where the page is, and failing cases as they come. */
async function openServeLive(flags: Flags) {
  const { openLive } = await import("./live.ts");
  const { caseLine } = await import("../../reports/progress.ts");
  const { printable } = await import("../../reports/text.ts");
  const { line, status, end, style } = openLive(flags.quiet === true);
  return {
    end,
    listening: (page: string) => err(`${page} lists the cases; Ctrl-C ends the serving and writes the results\n`),
    event(event: RunEvent): void {
      if (event.type === "note") line(style.dim(printable(event.line)));
      else if (event.type === "case") {
        const { result, done, planned, failing } = event;
        const wanted = flags.verbose || result.verdict === "error" || isUnexpected(result, flags.strict === true);
        if (wanted) line(caseLine(result, style));
        status(done, planned, failing);
      }
    },
  };
}
