/**
 * `control: { line }`: a line to the target's control channel (design "Target contract"), such as `{ reset-log: true }`; of a
 * client `{ close: true }`, `{ rpc: "<get/>" }` or `{ connect: true }`.
 */
import { argumentsOf, fill } from "../arguments.ts";
import { type DriveContext, DriveStop } from "../context.ts";

export async function controlStep(context: DriveContext, value: unknown): Promise<void> {
  const { label, ...given } = argumentsOf(value);
  const line = filled(context, given) as Readonly<Record<string, unknown>>;
  const send = context.stage?.control ?? context.target.control;
  if (!send) throw new DriveStop("the target has no control channel");
  context.recorder.add({
    type: "step",
    step: "control",
    ...(label === undefined ? {} : { label: String(label) }),
    detail: line,
  });
  await send(line);
}

/** The same structure with what only the drive knows put into each text. */
function filled(context: DriveContext, value: unknown): unknown {
  if (typeof value === "string") return fill(context, value);
  if (Array.isArray(value)) return value.map((item) => filled(context, item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filled(context, item)]));
}
