import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ReferenceSettings, ReferenceUp } from "./built-in-worker.ts";
import { runsFromSource } from "./package-folder.ts";
import { controlReference } from "./reference-control.ts";
import type { RunningTarget, TargetFile } from "./types.ts";

/**
 * Starts the reference server on a free port of 127.0.0.1: in a thread of its own, so that judging and
 * serving share the machine's cores. Node cannot start a thread from TypeScript sources, so the project's
 * own tests have it in their thread.
 */
export async function startBuiltIn(file: TargetFile): Promise<RunningTarget> {
  const foreign = file.claims.settings["foreign-origin"];
  const settings: ReferenceSettings = typeof foreign === "string" ? { refusedOrigins: [foreign] } : {};
  const started = await (runsFromSource ? inThisThread(settings) : inItsOwn(settings));
  return { file, host: "127.0.0.1", secure: false, reach: "built-in", ...started };
}

type Started = Pick<RunningTarget, "port" | "path" | "control" | "stop">;

async function inThisThread(settings: ReferenceSettings): Promise<Started> {
  // Loaded only where it is used: reaching a URL needs neither its XML parser nor its WebSocket libraries.
  const { startReference } = await import("../reference/server.ts");
  const { engine, port, path, close } = await startReference(settings);
  return { port, path, control: async (line) => controlReference(engine, line), stop: close };
}

async function inItsOwn(settings: ReferenceSettings): Promise<Started> {
  const worker = new Worker(new URL("./built-in-worker.js", import.meta.url), { workerData: settings });
  const [{ port, path }] = (await once(worker, "message")) as [ReferenceUp];
  return {
    port,
    path,
    control: async (line) => worker.postMessage(line),
    async stop() {
      const gone = once(worker, "exit");
      worker.postMessage({ stop: true });
      await gone;
    },
  };
}
