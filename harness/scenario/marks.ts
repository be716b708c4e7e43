/** Which notification belongs to which trigger. */
import { carriesMark } from "../netconf/event-mark.ts";
import type { NetconfMessage } from "../netconf/types.ts";
import type { DriveContext, MarkInstance } from "./context.ts";

export function instancesOf(context: DriveContext, mark: string): readonly MarkInstance[] {
  return context.marks.get(mark) ?? [];
}

/** Whether a message is a notification of that occurrence. */
export function isMarked(message: NetconfMessage | undefined, instance: MarkInstance): boolean {
  return message?.kind === "notification" && message.content !== undefined && carriesMark(message.content, instance);
}
