import { Command } from "commander";
import type { Finish } from "./program.ts";

/**
 * `ncwspec engine`: the reference's NETCONF engine on standard input and output, for bridges in other
 * languages. Not for people, so not in the help.
 */
export function engineCommand(finish: Finish): Command {
  return new Command("engine")
    .description("the reference's NETCONF engine on standard input and output (for bridges)")
    .action(async () => {
      const { serveStdio } = await import("../reference/engine-stdio.ts");
      await serveStdio(process.stdin, process.stdout);
      finish(0);
    });
}
