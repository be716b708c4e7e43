/**
 * A transparent TCP proxy between two peers. It alters no byte, passes on ends and resets as they come, and hands over
 * what it has recorded of each connection when that has ended. Forwarding comes first: recording keeps a reference to
 * bytes that are on their way already, and judging is the caller's.
 */
import { connect, createServer, type Socket } from "node:net";
import type { Entry } from "../judge/types.ts";
import type { End } from "../wire/types.ts";
import { budgetOf, type Limits, type Recording, record } from "./recording.ts";

export interface Place {
  readonly host: string;
  /** 0 to listen on any port that is free. */
  readonly port: number;
}

/** One connection, from its beginning to its end or to the end of watching. */
export interface Watched {
  /** From 1, in the order in which connections were taken. */
  readonly number: number;
  /** Address of the client. */
  readonly from: string;
  readonly entries: readonly Entry[];
  /** Why recording stopped before the connection did. */
  readonly cut?: string;
  /** Why there was no connection to the other side. */
  readonly unreachable?: string;
}

export interface ProxyOptions {
  readonly listen: Place;
  readonly forward: Place;
  readonly limits?: Partial<Limits>;
  /** Something was recorded: told at once, of whatever connection. */
  readonly onEntry?: (entry: Entry) => void;
  /** A connection has ended. Called once for each that was recorded. */
  readonly onEnd: (watched: Watched) => void;
  /** Something that who watches should know of. */
  readonly note: (line: string) => void;
}

export interface RunningProxy {
  readonly host: string;
  readonly port: number;
  /** Connections that were forwarded without being recorded. */
  readonly unrecorded: number;
  /** Takes no more connections, cuts those that are open and hands over their recordings. */
  stop(): Promise<void>;
}

export type { Limits } from "./recording.ts";

/** @throws Error when it cannot listen there */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const budget = budgetOf(options.limits);
  const open = new Set<() => void>();
  let count = 0;
  let unrecorded = 0;

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    count += 1;
    const recording = record(count, budget, options.onEntry);
    if (!recording) {
      unrecorded += 1;
      if (unrecorded === 1)
        options.note(`connection ${count} is forwarded only: ${budget.full()}; others may follow it unrecorded`);
    }
    const pair = { client, server: connect({ ...options.forward, allowHalfOpen: true, noDelay: true }) };
    const cut = relay(pair, recording, count, options, () => open.delete(cut));
    open.add(cut);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.listen.port, options.listen.host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the listener has no port");
  return {
    host: options.listen.host,
    port: address.port,
    get unrecorded() {
      return unrecorded;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const cut of [...open]) cut();
      }),
  };
}

type Pair = Readonly<Record<End, Socket>>;

const otherEnd: Record<End, End> = { client: "server", server: "client" };

/**
 * Joins two sockets.
 * @param gone called when the connection has ended
 * @returns cuts it
 */
function relay(
  pair: Pair,
  recording: Recording | undefined,
  number: number,
  { onEnd, note }: ProxyOptions,
  gone: () => void,
): () => void {
  const from = `${pair.client.remoteAddress ?? "?"}:${pair.client.remotePort ?? "?"}`;
  let unreachable: string | undefined;
  let over = false;
  const finish = () => {
    if (over) return;
    over = true;
    gone();
    const kept = recording?.close();
    if (kept) onEnd({ number, from, ...kept, ...(unreachable === undefined ? {} : { unreachable }) });
  };
  recording?.tcp("client", "open");
  for (const end of ["client", "server"] as const) forward(pair, end, recording);
  const refused = (error: Error) => {
    unreachable = error.message;
    note(`connection ${number}: ${error.message}`);
    recording?.tcp("server", "refused");
  };
  pair.server.once("error", refused);
  pair.server.once("connect", () => pair.server.off("error", refused));
  let left = 2;
  for (const socket of Object.values(pair))
    socket.once("close", () => {
      left -= 1;
      if (left === 0) finish();
    });
  return () => {
    // What the sockets still say of being cut is no doing of either peer.
    finish();
    for (const socket of Object.values(pair)) socket.destroy();
  };
}

/** Passes on what comes from one end: bytes at once, and an end as what it was. */
function forward(pair: Pair, from: End, recording: Recording | undefined): void {
  const source = pair[from];
  const target = pair[otherEnd[from]];
  source.on("data", (bytes) => {
    if (!target.write(bytes)) {
      source.pause();
      target.once("drain", () => source.resume());
    }
    recording?.bytes(from, bytes);
  });
  source.on("end", () => {
    target.end();
    recording?.tcp(from, "fin");
  });
  source.on("error", () => {
    target.resetAndDestroy();
    recording?.tcp(from, "reset");
  });
  source.on("close", () => {
    // One that closed without an end of its own took its direction with it.
    if (!source.readableEnded && !target.destroyed) target.resetAndDestroy();
  });
}
