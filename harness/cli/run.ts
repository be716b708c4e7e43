import { Command } from "commander";
import type { RunEvent, RunOptions } from "../run/index.ts";
import { isUnexpected, type Results } from "../run/results.ts";
import { shellWord } from "../target/shell-word.ts";
import type { Profile, TargetFile } from "../target/types.ts";
import type { Way } from "../target/way.ts";
import { expectedCode } from "./failures.ts";
import type { Live } from "./live.ts";
import type { Finish } from "./program.ts";
import { addSelection, type SelectionFlags, selectionOf } from "./selection.ts";
import { complain, out } from "./terminal.ts";
import { factor, names, path, profile, way, wholeNumber } from "./values.ts";

interface Flags extends SelectionFlags {
  readonly client?: true;
  readonly strict?: true;
  readonly policies?: readonly string[];
  readonly profile?: Profile;
  readonly reach?: Way;
  readonly known?: string;
  readonly jobs?: number;
  readonly timeScale?: number;
  readonly seed?: number;
  readonly bail?: number | true;
  readonly out?: string;
  readonly json?: string;
  readonly junit?: string;
  readonly allure?: string;
  readonly dryRun?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** `ncwspec run`: judges a server or a client. */
export function runCommand(finish: Finish): Command {
  const command = new Command("run")
    .description("judge a server, or with --client a client")
    .argument(
      "[target]",
      "reference (default), reference-client, a ws:// or wss:// URL, a name in fixtures/targets, or a target file",
    )
    .argument("[command...]", "with --client: what starts the client, behind --")
    .option("--client", "judge the client that the command behind -- starts");
  addSelection(command)
    .optionsGroup("What counts:")
    .option("--strict", "warn and inconc count as failures")
    .option("--policies <ids>", "hold it to rules that no document states: all, or requirement ids (repeatable)", names)
    .option("--profile <revision>", "revision of the binding draft it follows: 00 to 04", profile)
    .option("--known <file>", "known failures (YAML); they do not count, and must still fail", path)
    .optionsGroup("How it runs:")
    .option("--reach <way>", "start it as a process or in a container (process where it can be, else container)", way)
    .option("--jobs <n>", "cases at the same time", wholeNumber(1, 256))
    .option("--time-scale <x>", "factor for every deadline", factor)
    .option("--seed <n>", "makes generated values the same again", wholeNumber(0, 0xffffffff))
    .option("--bail [n]", "stop after n unexpected failures (1)", wholeNumber(1, 1_000_000))
    .option("--dry-run", "print what would run, and run nothing")
    .optionsGroup("What is written:")
    .option("--out <dir>", "results, an HTML page and the transcripts", path)
    .option("--json <file>", "results file", path)
    .option("--junit <file>", "JUnit XML", path)
    .option("--allure <dir>", "Allure results", path)
    .option("--quiet", "only what is unexpected")
    .option("--verbose", "every case, and the stack of an internal error")
    .addHelpText("after", EXAMPLES);
  return command.action(async (target: string | undefined, command: string[], flags: Flags) =>
    finish(await execute([...(target === undefined ? [] : [target]), ...command], flags)),
  );
}

const EXAMPLES = `
Examples:
  $ ncwspec run                                        the built-in reference
  $ ncwspec run ws://127.0.0.1:8080/netconf --out out
  $ ncwspec run acme.yaml --known acme.known.yaml --junit out/junit.xml
  $ ncwspec run em-websocket --reach container
  $ ncwspec run acme.yaml --case 'replay/*' --dialect hybi-06 --verbose
  $ ncwspec run acme.yaml --rerun-failed out/results.json
  $ ncwspec run --client --dialect rfc6455 -- python3 client.py`;

/** What the words of the command line mean, and how they are written again. */
interface Asked {
  readonly file: TargetFile;
  readonly targetWord: string;
  readonly trailingWords?: string;
}

/** @throws UsageError for words that mean no target */
async function askedBy(words: readonly string[], flags: Flags): Promise<Asked> {
  const { clientTarget, findTarget } = await import("../target/index.ts");
  const { UsageError } = await import("../run/errors.ts");
  const [word = "reference", ...others] = words;
  if (flags.client) {
    if (words.length === 0)
      throw new UsageError("--client needs the command that starts the client: ncwspec run --client -- <command>");
    return {
      file: clientTarget(words),
      targetWord: "--client",
      trailingWords: `-- ${words.map(shellWord).join(" ")}`,
    };
  }
  if (others.length > 0)
    throw new UsageError(`there is one target, not ${words.length}; a client is run by --client -- ${words.join(" ")}`);
  return { file: findTarget(word), targetWord: shellWord(word) };
}

async function execute(words: readonly string[], flags: Flags): Promise<number> {
  const { prepareOutputs } = await import("./outputs.ts");
  const { loadKnown } = await import("../run/known.ts");
  const { file, targetWord, ...behind } = await askedBy(words, flags);
  const target = await claiming(file, flags);
  const known = flags.known === undefined ? undefined : loadKnown(flags.known);
  const selection = await selectionOf(flags);
  const options: RunOptions = {
    ...selection,
    ...settings(flags),
    role: target.role,
    target,
    targetWord: [targetWord, ...claimed(flags)].join(" "),
    ...behind,
    ...(known && { known }),
  };
  if (flags.dryRun) return dryRun(options);
  prepareOutputs(flags);
  return judge(options, flags);
}

/** The target with what the command line says of it beside its file. */
async function claiming(file: TargetFile, { policies, profile, reach }: Flags): Promise<TargetFile> {
  const { checkWay } = await import("../target/index.ts");
  if (reach !== undefined) checkWay(file, reach);
  const { withPolicies } = await import("../run/policies.ts");
  const target = policies === undefined ? file : withPolicies(file, policies);
  return profile === undefined ? target : { ...target, claims: { ...target.claims, profile } };
}

/** The same flags again, for the commands that run a case again. */
function claimed({ policies, profile, reach }: Flags): string[] {
  return [
    ...(policies === undefined ? [] : [`--policies ${policies.join(",")}`]),
    ...(profile === undefined ? [] : [`--profile ${profile}`]),
    ...(reach === undefined ? [] : [`--reach ${reach}`]),
  ];
}

function settings(flags: Flags): Partial<RunOptions> {
  const { reach, jobs, timeScale, seed, bail, out } = flags;
  return {
    ...(reach !== undefined && { reach }),
    ...(jobs !== undefined && { jobs }),
    ...(timeScale !== undefined && { timeScale }),
    ...(seed !== undefined && { seed }),
    ...(bail !== undefined && { bail: bail === true ? 1 : bail }),
    ...(out !== undefined && { out }),
  };
}

async function dryRun(options: RunOptions): Promise<number> {
  const { makePlan } = await import("../run/plan.ts");
  const { checkKnownOf } = await import("../run/index.ts");
  const { EXIT } = await import("../run/exit-code.ts");
  const { cases } = makePlan(options);
  const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id);
  if (options.known) checkKnownOf(options.known, options);
  out(
    ids(cases)
      .map((id) => `${id}\n`)
      .join(""),
  );
  return cases.length > 0 ? EXIT.ok : EXIT.notExecuted;
}

async function judge(options: RunOptions, flags: Flags): Promise<number> {
  const { prepareShortRun } = await import("../run/short-run.ts");
  prepareShortRun();
  const { run } = await import("../run/index.ts");
  const { listenForInterrupt } = await import("./interrupt.ts");
  const live = await openRunLive(flags);
  const interrupt = listenForInterrupt();
  try {
    const results = await run({ ...options, signal: interrupt.signal, onEvent: live.event }).catch(async (error) => {
      live.end();
      // A run that never began is reported too, so that nobody mistakes an older report for this one.
      await concludeWithout(error, live.planned(), options, flags);
      throw error;
    });
    live.end();
    return await conclude(results, options, flags, interrupt.signal.aborted);
  } finally {
    interrupt.dispose();
  }
}

interface RunLive extends Pick<Live, "end"> {
  readonly event: (event: RunEvent) => void;
  /** How many cases are planned, as far as that is known yet. */
  readonly planned: () => number;
}

/** Failing cases as they come, with `--verbose` all of them; the status line. */
async function openRunLive(flags: Flags): Promise<RunLive> {
  const { openLive } = await import("./live.ts");
  const { caseLine } = await import("../../reports/progress.ts");
  const { printable } = await import("../../reports/text.ts");
  const { line, status, end, style } = openLive(flags.quiet === true);
  let planned = 0;
  const event = (event: RunEvent): void => {
    if (event.type === "note") {
      if (flags.verbose) line(style.dim(printable(event.line)));
    } else if (event.type === "planned") {
      planned = event.count;
      status(0, planned, 0);
    } else {
      const { result, done, failing } = event;
      const wanted = flags.verbose || result.verdict === "error" || isUnexpected(result, flags.strict === true);
      if (wanted) line(caseLine(result, style));
      status(done, planned, failing);
    }
  };
  return { end, event, planned: () => planned };
}

async function conclude(raw: Results, options: RunOptions, flags: Flags, interrupted: boolean): Promise<number> {
  const { applyKnown } = await import("../run/known.ts");
  const { exitCode } = await import("../run/exit-code.ts");
  const { writeOutputs } = await import("./outputs.ts");
  const { printSummary } = await import("./summary.ts");
  const strict = flags.strict === true;
  const { results, stale } = options.known ? applyKnown(raw, options.known) : { results: raw, stale: [] };
  const written = await writeOutputs(results, flags, { strict, stale, transcripts: flags.out });
  printSummary(results, flags, { stale, written, folder: flags.out });
  return exitCode(results, { strict, stale, interrupted });
}

/** Reports of a run that ended before it had results: nothing executed, and why. */
async function concludeWithout(error: unknown, planned: number, options: RunOptions, flags: Flags): Promise<void> {
  const { EXIT } = await import("../run/exit-code.ts");
  if (expectedCode(error) === EXIT.usage) return;
  const { emptyResults } = await import("./empty-results.ts");
  const { writeOutputs } = await import("./outputs.ts");
  const reason = error instanceof Error ? error.message : String(error);
  const written = { strict: flags.strict === true, stale: [], transcripts: flags.out };
  await writeOutputs(emptyResults(options, planned, reason), flags, written).catch((other: Error) =>
    complain(other.message),
  );
}
