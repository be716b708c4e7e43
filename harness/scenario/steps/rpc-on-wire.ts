/** How an rpc is put on the wire: sizes, fragments, frame departures, and what shares its TCP segment. */
import type { Connection } from "../../session/connection.ts";
import type { FrameSpec } from "../../wire/types.ts";
import type { Arguments } from "../arguments.ts";
import { type DriveContext, DriveStop } from "../context.ts";
import { encoderOf, frameOf, framesOf } from "./transport.ts";

/** Blanks inside the root's start tag carry no meaning (XML 1.0 §3.1) and make any size from the bare one up. */
export function padded(message: string, size: number): string {
  const missing = size - Buffer.byteLength(message);
  if (missing < 0) throw new DriveStop(`the message alone is ${size - missing} bytes, more than the ${size} wanted`);
  const [root] = /^<[\w-]+/.exec(message) ?? [];
  if (root === undefined) throw new Error("only a message without a prefix can be padded");
  return message.replace(root, `${root}${" ".repeat(missing)}`);
}

/**
 * The bytes of a message as its `wire` argument has it: `insert: { at, hex }` (bytes put into the payload; `at`
 * negative from the end, absent: behind it), `fragments` (offsets, or how many), `frame` (departures of every
 * frame; a list: of each fragment), `binary`, `as` (the codec of another dialect), `between` (frames behind the
 * first fragment), `lead` and `tail` (frames in the same segment), `short` (that many last bytes are never sent).
 */
export function rpcBytes(context: DriveContext, connection: Connection, message: string, wire: Arguments): Uint8Array {
  const encode = encoderOf(context, connection, wire["as"]);
  const extra = (name: string) =>
    wire[name] === undefined ? new Uint8Array() : framesOf(context, connection.encode, wire[name]);
  const kind =
    wire["binary"] === true || context.target.file.claims.encapsulation.opcode === "binary" ? "binary" : "text";
  const parts = fragmentsOf(inserted(Buffer.from(message, "utf8"), wire["insert"]), wire["fragments"]);
  const frames = parts.map((payload, index) =>
    encode({
      kind: index === 0 ? kind : "continuation",
      fin: index === parts.length - 1,
      ...departuresOf(context, wire["frame"], index),
      payload,
    }),
  );
  const [first = new Uint8Array(), ...others] = frames;
  const whole = Buffer.concat([extra("lead"), first, extra("between"), ...others, extra("tail")]);
  return whole.subarray(0, whole.length - Number(wire["short"] ?? 0));
}

function inserted(payload: Uint8Array, insert: unknown): Uint8Array {
  if (insert === undefined) return payload;
  const { at = payload.length, hex } = insert as { at?: number; hex: string };
  const place = at < 0 ? payload.length + at : at;
  const bytes = Buffer.from(hex.replace(/\s+/g, ""), "hex");
  return Buffer.concat([payload.subarray(0, place), bytes, payload.subarray(place)]);
}

function departuresOf(context: DriveContext, frame: unknown, index: number): FrameSpec {
  const one = Array.isArray(frame) ? (frame[index] as Arguments | undefined) : (frame as Arguments | undefined);
  if (one === undefined) return {};
  const { payload: _payload, ...departures } = frameOf(context, one);
  return departures;
}

/** A list of offsets (negative from the end), or a number of fragments of about equal size. */
function fragmentsOf(payload: Uint8Array, fragments: unknown): Uint8Array[] {
  if (fragments === undefined) return [payload];
  const offsets =
    typeof fragments === "number"
      ? Array.from({ length: fragments - 1 }, (_, index) => Math.floor(((index + 1) * payload.length) / fragments))
      : (fragments as number[]).map((offset) => (offset < 0 ? payload.length + offset : offset));
  const borders = [0, ...offsets, payload.length];
  return borders.slice(1).map((border, index) => payload.subarray(borders[index], border));
}
