/** NETCONF sessions on a running reference, for tests. */
import type { DialectName } from "../../wire/types.ts";
import type { Reference } from "../server.ts";
import { hello, join, rpc, subscribe } from "./peer.ts";
import { openRaw, type RawClient } from "./raw-client.ts";

export interface LiveSession extends RawClient {
  readonly id: string;
}

/** Opens a session past its hellos. */
export async function openLive(dialect: DialectName, server: Reference): Promise<LiveSession> {
  const client = await openRaw(dialect, server.port);
  const greeting = await client.next();
  client.send(client.text(hello()));
  return Object.assign(client, { id: /<session-id>(\d+)/.exec(greeting)?.[1] ?? "" });
}

export async function ask(client: RawClient, operation: string): Promise<string> {
  client.send(client.text(rpc(operation)));
  return client.next();
}

/** How the end of a session was reported, once it was. */
export async function endOf(id: string, server: Reference): Promise<string> {
  for (;;) {
    const peer = join(server.engine);
    peer.ask(subscribe("<startTime>1990-01-01T00:00:00Z</startTime>"));
    peer.gone("closed");
    const end = peer.got.find((m) => m.includes("session-end") && m.includes(`<session-id>${id}</session-id>`));
    if (end) return /<termination-reason>([^<]*)/.exec(end)?.[1] ?? "";
    await new Promise((resolve) => setImmediate(resolve));
  }
}
