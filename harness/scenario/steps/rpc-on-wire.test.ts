import { describe, expect, test } from "vitest";
import type { Connection } from "../../session/connection.ts";
import { dialects } from "../../wire/index.ts";
import type { DialectName, FrameEvent } from "../../wire/types.ts";
import { type DriveContext, DriveStop } from "../context.ts";
import { padded, rpcBytes } from "./rpc-on-wire.ts";

const message = '<rpc message-id="1"><get/></rpc>';
const random = (size: number) => new Uint8Array(size).fill(7);

/** What `wire` makes of the rpc, read back by a decoder of the dialect named. */
function framesOf(wire: Record<string, unknown>, under: DialectName = "rfc6455", readAs: DialectName = under) {
  const dialect = dialects[under];
  const context = {
    dialect,
    random,
    target: { file: { claims: { encapsulation: { opcode: "text", framing: "none" } } } },
  } as unknown as DriveContext;
  const connection = { encode: (frame) => dialect.encode(frame, "client", random) } as Connection;
  const events = dialects[readAs].decoder("client").push(rpcBytes(context, connection, message, wire));
  return events.filter((event): event is FrameEvent => event.type === "frame").map(({ frame }) => frame);
}

const textOf = (frames: ReturnType<typeof framesOf>) =>
  Buffer.concat(frames.map((frame) => frame.payload)).toString("latin1");

describe("an rpc on the wire", () => {
  test("is one masked text frame where nothing is asked", () => {
    const [frame, ...others] = framesOf({});
    expect(others).toEqual([]);
    expect(frame).toMatchObject({ kind: "text", fin: true, rsv: 0 });
    expect(frame?.key).toHaveLength(4);
  });

  test("is cut into fragments by number and by offset, from either end", () => {
    expect(framesOf({ fragments: 3 }).map(({ kind, fin }) => `${kind} ${fin}`)).toEqual([
      "text false",
      "continuation false",
      "continuation true",
    ]);
    expect(framesOf({ fragments: [0, -6] }).map((frame) => frame.payload.length)).toEqual([0, message.length - 6, 6]);
    expect(textOf(framesOf({ fragments: [5, -6] }))).toBe(message);
  });

  test("departs in every frame, or in the fragment meant", () => {
    expect(framesOf({ fragments: 2, frame: { rsv: 4 } }).map((frame) => frame.rsv)).toEqual([4, 4]);
    expect(framesOf({ fragments: 2, frame: [{}, { rsv: 1 }] }).map((frame) => frame.rsv)).toEqual([0, 1]);
  });

  test("has frames in front, behind the first fragment, and at its end", () => {
    const ping = (text: string) => [{ kind: "ping", text }];
    const frames = framesOf({ fragments: 2, lead: ping("a"), between: ping("b"), tail: ping("c") });
    expect(frames.map((frame) => frame.kind)).toEqual(["ping", "text", "ping", "continuation", "ping"]);
  });

  test("takes bytes that are no text", () => {
    expect(textOf(framesOf({ insert: { at: -6, hex: "c3 28" } }))).toBe(message.replace("</rpc>", "\xc3(</rpc>"));
    expect(textOf(framesOf({ insert: { hex: "00" } }))).toBe(`${message}\0`);
  });

  test("speaks another dialect, and leaves off its end", () => {
    expect(textOf(framesOf({ as: "hybi-06" }, "rfc6455", "hybi-06"))).toBe(message);
    expect(framesOf({ as: "hybi-00" }, "rfc6455", "hybi-00").map((frame) => frame.lengthForm)).toEqual(["sentinel"]);
    expect(framesOf({ short: 1 })).toEqual([]);
  });
});

test("padding makes the size asked for, or says that it cannot", () => {
  expect(padded(message, 60)).toHaveLength(60);
  expect(padded(message, message.length)).toBe(message);
  expect(() => padded(message, 10)).toThrow(DriveStop);
});
