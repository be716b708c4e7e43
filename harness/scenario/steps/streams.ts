/** Steps on all streams that the target lists. */
import { argumentsOf, required, text } from "../arguments.ts";
import { type DriveContext, fresh } from "../context.ts";
import { sessionStep, subscribeStep } from "./netconf.ts";
import { closeStep } from "./transport.ts";

/**
 * `subscribe-each: { label, startTime? }`: on a session of its own each, a subscription to every stream that the
 * target lists, `startTime` only to those that it says support replay. The label of one is `label/stream`.
 */
export async function subscribeEachStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const label = required(args, "label");
  const startTime = text(args, "startTime");
  for (const stream of context.facts.streams.filter(({ replay }) => replay || startTime === undefined)) {
    const on = fresh(context, `~${label}.`);
    await sessionStep(context, { as: on });
    const parameters = { on, label: `${label}/${stream.name}`, stream: stream.name, await: "outcome" };
    await subscribeStep(context, startTime === undefined ? parameters : { ...parameters, startTime });
    await closeStep(context, { on, await: "none" });
  }
}
