/** The thread in which the built-in reference serves: says where it listens, takes control lines, stops when told. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { startReference } from "../reference/server.ts";
import { controlReference } from "./reference-control.ts";

export interface ReferenceSettings {
  readonly refusedOrigins?: readonly string[];
}

/** The first message of the thread. */
export interface ReferenceUp {
  readonly port: number;
  readonly path: string;
}

const parent = parentPort as MessagePort;
const { engine, port, path, close } = await startReference(workerData as ReferenceSettings);
parent.on("message", async (line: Readonly<Record<string, unknown>>) => {
  if (line["stop"] === undefined) return controlReference(engine, line);
  await close();
  parent.close();
});
parent.postMessage({ port, path } satisfies ReferenceUp);
