import { readNameEntry } from "../reference/cert-to-name.ts";
import type { Reference } from "../reference/server.ts";
import type { EmitOptions } from "../reference/types.ts";

/** A control line of the target contract (design: emit, reset-log, age-out, restart, trust, cert-to-name), applied to the reference. */
export function controlReference(
  { engine, trust, mapCertificates }: Pick<Reference, "engine" | "trust" | "mapCertificates">,
  line: Readonly<Record<string, unknown>>,
): void {
  if (line["emit"] !== undefined) engine.emit(line["emit"] as EmitOptions);
  if (line["resetLog"] !== undefined || line["reset-log"] !== undefined) engine.resetLog();
  const keep = line["age-out"];
  if (typeof keep === "number") engine.ageOut(keep);
  if (line["restart"] !== undefined) engine.restart();
  if (typeof line["trust"] === "string") trust(line["trust"]);
  const entries = line["cert-to-name"];
  if (Array.isArray(entries)) mapCertificates(entries.map(readNameEntry));
}
