import { Command, CommanderError } from "commander";
import { EXIT } from "../run/exit-code.ts";
import { packageVersion } from "../run/package-root.ts";
import { diffCommand } from "./diff.ts";
import { clientEngineCommand, engineCommand } from "./engine.ts";
import { explainCommand } from "./explain.ts";
import { exitCodeOf } from "./failures.ts";
import { judgeCommand } from "./judge.ts";
import { listCommand } from "./list.ts";
import { matrixCommand } from "./matrix.ts";
import { observeCommand } from "./observe.ts";
import { proveCommand } from "./prove.ts";
import { referenceClientCommand } from "./reference-client.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { serveCommand } from "./serve.ts";
import { complain, err, out } from "./terminal.ts";

/** Tells the exit code that a command ended with. */
export type Finish = (code: number) => void;

/**
 * The command line.
 * @param argv what stands behind the program's name
 * @returns the exit code (design, "Command line")
 */
export async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram((finished) => {
    code = finished;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return asked(error) ? EXIT.ok : EXIT.usage;
    return exitCodeOf(error, argv.includes("--verbose"));
  }
}

/** Help and version were asked for; all else of commander is a mistake, already told. */
function asked({ code }: CommanderError): boolean {
  return code === "commander.helpDisplayed" || code === "commander.version";
}

function createProgram(finish: Finish): Command {
  const program = new Command("ncwspec")
    .description("Conformance and interop test suite for NETCONF notifications over WebSocket")
    .version(packageVersion(), "--version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: out,
      writeErr: err,
      outputError: (text) => complain(text.replace(/^error: /, "")),
    })
    .addHelpText("after", EXAMPLES);
  const commands = [
    runCommand,
    serveCommand,
    observeCommand,
    matrixCommand,
    judgeCommand,
    proveCommand,
    listCommand,
    explainCommand,
    diffCommand,
    reportCommand,
  ];
  for (const make of commands) program.addCommand(make(finish).copyInheritedSettings(program));
  for (const make of [engineCommand, clientEngineCommand, referenceClientCommand])
    program.addCommand(make(finish).copyInheritedSettings(program), { hidden: true });
  return program;
}

const EXAMPLES = `
Examples:
  $ ncwspec run                                       judge the built-in reference
  $ ncwspec run ws://127.0.0.1:8080/netconf --out out
  $ ncwspec list cases --dialect hybi-06
  $ ncwspec explain NTF-RPL-004

Exit codes: 0 nothing unexpected, 1 not conforming, 2 usage, 3 error of the harness, 4 target not reachable,
5 less executed than planned, 6 a known failure no longer fails, 130 interrupted`;
