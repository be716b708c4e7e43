/** Where the command line writes, and what that place can show. */

/** The answer of a command. */
export function out(text: string): void {
  process.stdout.write(text);
}

/** Progress and trouble. */
export function err(text: string): void {
  process.stderr.write(text);
}

/** One line of trouble, however many lines the text has. */
export function complain(text: string): void {
  err(`ncwspec: ${text.replace(/\s*\n\s*/g, " ").trim()}\n`);
}

type Stream = NodeJS.WriteStream & { readonly fd: number };

/** Whether to colour what is written there: NO_COLOR and FORCE_COLOR first, then whether it is a terminal. */
export function wantsColor(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return (stream as Stream).isTTY === true && TERM !== "dumb";
}

/** Width to wrap text at: the terminal's, 40 to 140; 100 where there is none. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? Math.min(Math.max(stream.columns || 80, 40), 140) : 100;
}

/** A reader that went away (`| head`) is no fault: the run goes on, and its exit code stands. */
export function tolerateClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    });
}

/** Ends the process once everything written is out, even if something still holds it open. */
export function endWith(code: number): void {
  process.exitCode = code;
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}
