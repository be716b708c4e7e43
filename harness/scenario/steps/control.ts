/** `control: { line }`: a line to the target's control channel (design "Target contract"), such as `{ reset-log: true }`. */
import { argumentsOf } from "../arguments.ts";
import { type DriveContext, DriveStop } from "../context.ts";

export async function controlStep(context: DriveContext, value: unknown): Promise<void> {
  const { label, ...line } = argumentsOf(value);
  if (!context.target.control) throw new DriveStop("the target has no control channel");
  context.recorder.add({
    type: "step",
    step: "control",
    ...(label === undefined ? {} : { label: String(label) }),
    detail: line,
  });
  await context.target.control(line);
}
