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
      const { prepareShortRun } = await import("../run/short-run.ts");
      prepareShortRun();
      const { serveStdio } = await import("../reference/engine-stdio.ts");
      await serveStdio(process.stdin, process.stdout);
      finish(0);
    });
}

/** `ncwspec client-engine`: the reference's NETCONF client on standard input and output, likewise. */
export function clientEngineCommand(finish: Finish): Command {
  return new Command("client-engine")
    .description("the reference's NETCONF client on standard input and output (for bridges)")
    .action(async () => {
      const { serveClientStdio } = await import("../reference/client-stdio.ts");
      await serveClientStdio(process.stdin, process.stdout);
      finish(0);
    });
}
