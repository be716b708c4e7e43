/**
 * `control: { line }`: a line to the target's control channel (design "Target contract"), such as `{ reset-log: true }`; of a
 * client `{ close: true }`, `{ rpc: "<get/>" }` or `{ connect: true }`.
 */
import { argumentsOf } from "../arguments.ts";
import { type DriveContext, DriveStop } from "../context.ts";

export async function controlStep(context: DriveContext, value: unknown): Promise<void> {
  const { label, ...line } = argumentsOf(value);
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
