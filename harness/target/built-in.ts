import { controlReference } from "./reference-control.ts";
import type { RunningTarget, TargetFile } from "./types.ts";

/** Starts the reference server on a free port of 127.0.0.1, in this thread. */
export async function startBuiltIn(file: TargetFile): Promise<RunningTarget> {
  const foreign = file.claims.settings["foreign-origin"];
  const made = "builtIn" in file.reach && file.reach.builtIn !== true ? file.reach.builtIn : {};
  const settings = { ...made, ...(typeof foreign === "string" ? { refusedOrigins: [foreign] } : {}) };
  // Loaded only where it is used: reaching a URL needs neither its XML parser nor its WebSocket libraries.
  const { startReference } = await import("../reference/server.ts");
  const { engine, port, path, close } = await startReference(settings);
  return {
    file,
    host: "127.0.0.1",
    port,
    path,
    secure: false,
    reach: "built-in",
    control: async (line) => controlReference(engine, line),
    stop: close,
  };
}
