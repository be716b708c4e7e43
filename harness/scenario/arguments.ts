/** Reading the arguments of a step: what the schema cannot say is said here, in one line with the step's name. */
import { type DriveContext, DriveStop } from "./context.ts";
import { timeText } from "./time.ts";

export type Arguments = Readonly<Record<string, unknown>>;

/** A step may be written `open: a` for `open: { as: a }`. */
export function argumentsOf(value: unknown): Arguments {
  return typeof value === "object" && value !== null ? (value as Arguments) : { as: value };
}

export function text(args: Arguments, name: string): string | undefined {
  const value = args[name];
  return value === undefined || value === null ? undefined : String(value);
}

export function required(args: Arguments, name: string): string {
  const value = text(args, name);
  if (value === undefined) throw new DriveStop(`the step lacks "${name}"`);
  return value;
}

const reference = /\$\{([\w~.-]+)\.session-id\}|\$\{time:([^}]+)\}|\$\{token:([\w-]+)\}/g;

/** Fills in what only the drive knows: `${a.session-id}`, `${time:now-1h}`, `${token:mark}`. */
export function fill(context: DriveContext, value: string): string {
  return value.replace(reference, (_found, session?: string, time?: string, mark?: string) => {
    if (time !== undefined) return timeText(context, time);
    if (mark !== undefined) return context.marks.get(mark)?.[0]?.token ?? "";
    const id = context.sessionIds.get(session as string);
    if (id === undefined) throw new DriveStop(`session "${session}" has no session-id`);
    return id;
  });
}

/**
 * Bytes of a payload: `hex`, `text`, or `size` (that many of `fill`, default "a"). Absent: none.
 */
export function payloadOf(context: DriveContext, args: Arguments): Uint8Array {
  if (typeof args["hex"] === "string") return Buffer.from(args["hex"].replace(/\s+/g, ""), "hex");
  if (typeof args["text"] === "string") return Buffer.from(fill(context, args["text"]), "utf8");
  if (typeof args["size"] === "number") return Buffer.alloc(args["size"], String(args["fill"] ?? "a"));
  return new Uint8Array();
}
