/** The clients of a matrix: each made ready once, and used by all rows. */
import { keyMemory } from "../observe/keys.ts";
import type { ClientUnderTest } from "../target/client.ts";
import type { RunningTarget } from "../target/types.ts";
import type { Listed } from "./file.ts";
import { probeClient } from "./probe.ts";
import type { Peer } from "./results.ts";
import { peerOf } from "./row.ts";
import type { MatrixContext } from "./run.ts";

type RunningClient = RunningTarget & { readonly client: ClientUnderTest };

export type FoundClient =
  | { readonly unavailable: string }
  | {
      /** Waits until the client takes one more task, as its file limits them, and uses it. */
      use<T>(work: (target: RunningClient, keys: ReturnType<typeof keyMemory>) => Promise<T>): Promise<T>;
      /** Starts it again, after it did not come; a browser may be stuck. */
      renew(target: RunningTarget): Promise<void>;
      readonly peer: Pick<Peer, "version" | "reach" | "probe">;
    };

export interface Clients {
  get(client: Listed): Promise<FoundClient>;
  /** What is known of it now. */
  peer(client: Listed): Promise<Peer>;
  stop(): Promise<void>;
}

export function openClients(context: MatrixContext): Clients {
  const found = new Map<string, Promise<FoundClient>>();
  const running: RunningTarget[] = [];
  const get = (client: Listed): Promise<FoundClient> => {
    const known = found.get(client.name) ?? start(client, context, running);
    found.set(client.name, known);
    return known;
  };
  return {
    get,
    async peer(client) {
      const about = peerOf(client);
      const one = await found.get(client.name);
      if (!one) return about;
      return "unavailable" in one ? { ...about, unavailable: one.unavailable } : { ...about, ...one.peer };
    },
    stop: async () => {
      await Promise.all([...found.values()]);
      await Promise.all(running.map((target) => target.stop()));
    },
  };
}

/** So often is a client that does not come any more started again. */
const renewals = 3;

async function start(client: Listed, context: MatrixContext, running: RunningTarget[]): Promise<FoundClient> {
  if (client.target === undefined || client.unavailable !== undefined)
    return { unavailable: client.unavailable ?? "it has no target" };
  const file = context.scaledFile(client);
  const [dialect = "rfc6455"] = client.dialects ?? [];
  const probe = () => probeClient(file, dialect, { timeScale: context.timeScale });
  const first = await probe();
  if ("unavailable" in first) return first;
  let { target } = first;
  let left = renewals;
  let renewing: Promise<void> | undefined;
  running.push(target);
  const keys = keyMemory();
  const enter = gate(file.claims.limits.jobs ?? Number.POSITIVE_INFINITY);

  async function again(): Promise<void> {
    await target.stop();
    const next = await probe();
    if ("unavailable" in next) return;
    target = next.target;
    running.push(target);
  }
  return {
    use: (work) => enter(() => work(target as RunningClient, keys)),
    async renew(failed) {
      // Another row may have seen the same, and have it started again already.
      if (failed === target && renewing === undefined && left > 0) {
        left -= 1;
        renewing = again().finally(() => {
          renewing = undefined;
        });
      }
      await renewing;
    },
    peer: {
      ...(target.file.version ? { version: target.file.version } : {}),
      reach: target.reach,
      probe: first.probe,
    },
  };
}

/** Lets so many pass at a time. */
function gate(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
