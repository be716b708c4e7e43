/** What is kept of a connection: entries by reference, within bounds that no peer can push. */
import type { Entry } from "../judge/types.ts";
import { startRecorder } from "../session/recorder.ts";
import type { End } from "../wire/types.ts";

export interface Limits {
  /** Connections that are recorded at the same time. */
  readonly connections: number;
  /** Connections that are recorded at all. */
  readonly recordings: number;
  /** Bytes kept of one connection, and of all that are open. */
  readonly connectionBytes: number;
  readonly bytes: number;
  /** Entries kept of one connection: each costs more than its bytes. */
  readonly entries: number;
}

const MiB = 1024 * 1024;
const defaults: Limits = {
  connections: 1000,
  recordings: 10_000,
  connectionBytes: 64 * MiB,
  bytes: 256 * MiB,
  entries: 200_000,
};

/** What the recordings of a proxy may hold together. */
export interface Budget {
  readonly limits: Limits;
  open: number;
  begun: number;
  bytes: number;
  /** Why no further connection is recorded; undefined: there is room. */
  full(): string | undefined;
}

export function budgetOf(given: Partial<Limits> = {}): Budget {
  const limits = { ...defaults, ...given };
  return {
    limits,
    open: 0,
    begun: 0,
    bytes: 0,
    full() {
      if (this.open >= limits.connections) return `${limits.connections} are recorded already`;
      if (this.begun >= limits.recordings) return `${limits.recordings} were recorded already`;
      return this.bytes >= limits.bytes ? `${limits.bytes} bytes are held already` : undefined;
    },
  };
}

export interface Kept {
  readonly entries: readonly Entry[];
  readonly cut?: string;
}

export interface Recording {
  bytes(from: End, data: Uint8Array): void;
  tcp(from: End, event: "open" | "fin" | "reset" | "refused"): void;
  /** What there is; nothing is kept any more. */
  close(): Kept | undefined;
}

/**
 * Begins to record connection `number`; undefined when the budget is used up.
 * @param onEntry told of each entry as it is recorded
 */
export function record(number: number, budget: Budget, onEntry?: (entry: Entry) => void): Recording | undefined {
  const { limits } = budget;
  if (budget.full() !== undefined) return undefined;
  budget.open += 1;
  budget.begun += 1;
  const recorder = startRecorder();
  const add = (entry: Parameters<typeof recorder.add>[0]): void => {
    const at = recorder.add(entry);
    onEntry?.(recorder.entries[at] as Entry);
  };
  const conn = String(number);
  let held = 0;
  let cut: string | undefined;
  let closed = false;

  const stop = (reason: string) => {
    cut = `recorded only up to ${held} bytes: ${reason}`;
    for (const from of ["client", "server"] as const) add({ type: "tcp", conn, from, event: "lost" });
  };
  return {
    bytes(from, data) {
      if (cut !== undefined || closed) return;
      if (held + data.length > limits.connectionBytes)
        return stop(`${limits.connectionBytes} are kept of one connection`);
      if (budget.bytes + data.length > limits.bytes) return stop(`${limits.bytes} are kept of all that are open`);
      if (recorder.entries.length >= limits.entries)
        return stop(`${limits.entries} segments are kept of one connection`);
      held += data.length;
      budget.bytes += data.length;
      add({ type: "bytes", conn, from, data });
    },
    tcp(from, event) {
      if (!closed) add({ type: "tcp", conn, from, event });
    },
    close() {
      if (closed) return undefined;
      closed = true;
      budget.open -= 1;
      budget.bytes -= held;
      return { entries: recorder.entries, ...(cut === undefined ? {} : { cut }) };
    },
  };
}
