/** A server behind a mutant, which ends TLS in its place. */
import { type RunningMutant, startMutant } from "../mutant/proxy.ts";
import type { UpstreamTls } from "../mutant/tls-front.ts";
import type { Mutant } from "../mutant/types.ts";
import type { RunningTarget } from "../target/types.ts";
import { type KeyRing, keyRing } from "../tls/key-ring.ts";
import type { DialectName } from "../wire/types.ts";

export interface Mutated {
  readonly target: RunningTarget;
  close(): Promise<void>;
}

export async function mutatedServer(
  mutant: Mutant,
  upstream: RunningTarget,
  dialect: DialectName,
  seed: number,
): Promise<Mutated> {
  const made = keyRing();
  const tls = tlsOf(upstream, made);
  const { host, port } = upstream;
  const proxy = await startMutant(mutant, { host, port, ...(tls && { tls }) }, dialect, seed);
  return { target: behind(upstream, proxy, made), close: proxy.close };
}

/** The target as it is reached through the mutant, which has a certificate of its own. */
function behind(upstream: RunningTarget, proxy: RunningMutant, keys: KeyRing): RunningTarget {
  const { access } = upstream.file;
  const host = "127.0.0.1";
  const { servername, ...tls } = access.tls ?? {};
  return {
    ...upstream,
    host,
    port: upstream.secure && proxy.tls ? proxy.tls.port : proxy.port,
    ...(upstream.tls && proxy.tls && { tls: { host, port: proxy.tls.port } }),
    keys,
    file: proxy.tls ? { ...upstream.file, access: { ...access, tls: { ...tls, ca: proxy.tls.ca } } } : upstream.file,
  };
}

/** Where the target takes TLS, and the certificates that open it. */
function tlsOf({ host, port, secure, tls, file }: RunningTarget, made: KeyRing): UpstreamTls | undefined {
  const place = secure ? { host, port } : tls;
  if (place === undefined) return undefined;
  const { ca, servername, cert, key } = file.access.tls ?? {};
  const own = cert !== undefined && key !== undefined ? { cert, key } : undefined;
  const users = Object.values(file.access.users).flatMap((user) => user?.tls ?? []);
  return { ...place, ca, servername, own, known: keyRing(...(own ? [own] : []), ...users), made };
}
