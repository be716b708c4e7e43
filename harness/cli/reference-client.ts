import { Command } from "commander";
import type { Finish } from "./program.ts";

/**
 * `ncwspec reference-client`: the reference client as a command of its own, by the client contract, so that
 * `run --client` can be tried on it. Not for people, so not in the help.
 */
export function referenceClientCommand(finish: Finish): Command {
  return new Command("reference-client")
    .description("the reference client, by the client contract on standard input and output")
    .option("--once", "one task, that of the environment")
    .action(async ({ once }: { readonly once?: true }) => {
      const { serveClient, serveOneTask } = await import("../reference/client-contract.ts");
      if (once) finish(await serveOneTask(process.env, process.stdin, process.stdout));
      else {
        await serveClient(process.stdin, process.stdout);
        finish(0);
      }
    });
}
