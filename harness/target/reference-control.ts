import type { EmitOptions, Engine } from "../reference/types.ts";

/** A control line of the target contract (design: emit, reset-log, age-out, restart), applied to the reference's engine. */
export function controlReference(engine: Engine, line: Readonly<Record<string, unknown>>): void {
  if (line["emit"] !== undefined) engine.emit(line["emit"] as EmitOptions);
  if (line["resetLog"] !== undefined || line["reset-log"] !== undefined) engine.resetLog();
  const keep = line["age-out"];
  if (typeof keep === "number") engine.ageOut(keep);
  if (line["restart"] !== undefined) engine.restart();
}
