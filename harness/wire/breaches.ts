/** Breaches of a handshake, collected in the order in which they are found. */
import type { HeadFault } from "./http-head.ts";
import type { Breach, WireRule } from "./types.ts";

/** Notes a breach. `offset` is that of the line it concerns, 0 where the whole head is meant. */
export type Report = (rule: WireRule, message: string, offset?: number) => void;

export interface BreachList {
  readonly breaches: readonly Breach[];
  readonly report: Report;
}

export function breachList(): BreachList {
  const breaches: Breach[] = [];
  return {
    breaches,
    report: (rule, message, offset = 0) => breaches.push({ type: "breach", rule, message, offset }),
  };
}

export function malformed(
  rule: WireRule,
  message: string,
): { readonly state: "malformed"; readonly breaches: readonly Breach[] } {
  return { state: "malformed", breaches: [{ type: "breach", rule, message, offset: 0 }] };
}

export function reportFaults(faults: readonly HeadFault[], rule: WireRule, report: Report): void {
  for (const { message, offset } of faults) report(rule, message, offset);
}
