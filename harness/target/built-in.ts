import type { EmitOptions } from "../reference/types.ts";
import type { RunningTarget, TargetFile } from "./types.ts";

/** Starts the reference server in this process, on a free port of 127.0.0.1. */
export async function startBuiltIn(file: TargetFile): Promise<RunningTarget> {
  // Loaded only where it is used: reaching a URL needs neither its XML parser nor its WebSocket libraries.
  const { startReference } = await import("../reference/server.ts");
  const foreign = file.claims.settings["foreign-origin"];
  const { engine, port, path, close } = await startReference(
    typeof foreign === "string" ? { refusedOrigins: [foreign] } : {},
  );
  return {
    file,
    host: "127.0.0.1",
    port,
    path,
    secure: false,
    reach: "built-in",
    control: async (line) => {
      if (line["emit"] !== undefined) engine.emit(line["emit"] as EmitOptions);
      if (line["resetLog"] !== undefined || line["reset-log"] !== undefined) engine.resetLog();
      if (line["restart"] !== undefined) engine.restart();
    },
    stop: close,
  };
}
