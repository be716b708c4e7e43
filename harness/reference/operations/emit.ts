import { invalidValue, missingElement } from "../rpc-error.ts";
import type { EmitOptions } from "../types.ts";
import { OK, parameters, simple } from "./parameters.ts";
import type { Outcome, Request } from "./types.ts";

const LEAVES = ["token", "type", "stream", "eventClass", "card", "severity", "operState", "eventTime"] as const;
const MAX_COUNT = 10_000;

/** The suite's trigger: `<emit xmlns="urn:ncwspec:event">` makes `count` events (default 1). */
export function emit({ device, operation }: Request): Outcome {
  const given = parameters(operation, ...LEAVES, "count");
  if (given.token === undefined) throw missingElement("token");
  const count = given.count ? simple(given.count) : "1";
  if (!/^\d{1,5}$/.test(count) || Number(count) > MAX_COUNT) throw invalidValue("count is a number up to 10000.");
  const leaves = LEAVES.flatMap((name) => (given[name] ? [[name, simple(given[name])]] : []));
  const event = Object.fromEntries(leaves) as unknown as EmitOptions;
  try {
    for (let made = 0; made < Number(count); made++) device.emit(event);
  } catch (error) {
    throw error instanceof RangeError ? invalidValue(error.message) : error;
  }
  return OK;
}
