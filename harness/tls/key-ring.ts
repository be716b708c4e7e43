/** The certificates that are shown to a target, so that what stands between can show them in the client's place. */
import { X509Certificate } from "node:crypto";
import type { Identity } from "./issue.ts";

export interface KeyRing {
  add(identity: Identity): void;
  /** The identity whose certificate this is, in DER. */
  find(cert: Uint8Array): Identity | undefined;
}

export function keyRing(...identities: readonly Identity[]): KeyRing {
  const known = new Map<string, Identity>();
  const add = (identity: Identity): void => void known.set(keyOf(new X509Certificate(identity.cert).raw), identity);
  for (const identity of identities) add(identity);
  return { add, find: (cert) => known.get(keyOf(cert)) };
}

function keyOf(cert: Uint8Array): string {
  return Buffer.from(cert).toString("base64");
}
