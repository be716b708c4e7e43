import { EXIT } from "../run/exit-code.ts";
import { complain, err } from "./terminal.ts";

/**
 * Errors that are somebody's to mend, by the name of their class, so that the command line need not load
 * the parts that throw them.
 */
const CODES: Readonly<Record<string, number>> = {
  UsageError: EXIT.usage,
  TargetFileError: EXIT.usage,
  FixtureError: EXIT.usage,
  EntryFileError: EXIT.usage,
  MergeError: EXIT.usage,
  TargetUnreachable: EXIT.unreachable,
  TargetUnavailable: EXIT.unreachable,
  TargetInterrupted: EXIT.interrupted,
};

/** Exit code of an error that is expected to happen, undefined for any other. */
export function expectedCode(error: unknown): number | undefined {
  return error instanceof Error ? (CODES[error.constructor.name] ?? CODES[error.name]) : undefined;
}

/** Tells an error in one line and gives its exit code; the stack of an unexpected one only when `verbose`. */
export function exitCodeOf(error: unknown, verbose: boolean): number {
  const text = error instanceof Error ? error.message : String(error);
  const code = expectedCode(error);
  complain(code === undefined ? `internal error: ${text}` : text);
  if (code === undefined && verbose && error instanceof Error) err(`${error.stack}\n`);
  return code ?? EXIT.harnessError;
}
