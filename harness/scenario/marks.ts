/** Which notification belongs to which trigger. */
import { carriesMark } from "../netconf/event-mark.ts";
import type { NetconfMessage } from "../netconf/types.ts";
import type { Report } from "../target/client.ts";
import type { DriveContext, MarkInstance } from "./context.ts";

export function instancesOf(context: DriveContext, mark: string): readonly MarkInstance[] {
  return context.marks.get(mark) ?? [];
}

/** Whether a message is a notification of that occurrence. */
export function isMarked(message: NetconfMessage | undefined, instance: MarkInstance): boolean {
  return message?.kind === "notification" && message.content !== undefined && carriesMark(message.content, instance);
}

/** Whether a client's report is on the notification of that occurrence. */
export function reportsMark(report: Report, instance: MarkInstance | undefined): boolean {
  const { xml } = report;
  return report["report"] === "notification" && typeof xml === "string" && xml.includes(instance?.token ?? "\0");
}

/** Keeps an occurrence of a mark for what follows, and in the transcript. @param conn connection that the event goes out on */
export function note(
  context: DriveContext,
  mark: string,
  instance: MarkInstance,
  fields: Readonly<Record<string, string>>,
  conn?: string,
): void {
  const known = context.marks.get(mark);
  if (known) known.push(instance);
  else context.marks.set(mark, [instance]);
  context.recorder.add({
    type: "step",
    ...(conn === undefined ? {} : { conn }),
    step: "trigger",
    label: mark,
    detail: { ...instance, fields },
  });
}
