/** Where and when a decoder reports, and what it goes on to read. */
import { describe, expect, test } from "vitest";
import { dialectNames, dialects } from "./index.ts";
import type { FrameSpec, WireEvent } from "./types.ts";

const key = (size: number): Uint8Array => Buffer.alloc(size, 0x5a);
const breaches = (events: readonly WireEvent[]) =>
  events.flatMap((event) => (event.type === "breach" ? [[event.rule, event.offset]] : []));

describe.each(dialectNames)("%s", (name) => {
  const dialect = dialects[name];
  const write = (...frames: FrameSpec[]) => Buffer.concat(frames.map((frame) => dialect.encode(frame, "server", key)));

  test("invalid text is reported at the byte that makes it so, before the frame is whole", () => {
    const bytes = write({ kind: "text", payload: Buffer.from("abc\xe2(", "latin1") });
    const decoder = dialect.decoder("server");
    const header = name === "hybi-00" ? 1 : 2;
    expect(decoder.push(bytes.subarray(0, header + 4))).toEqual([]);
    expect(breaches(decoder.push(bytes.subarray(header + 4, header + 5)))).toEqual([["text-utf8", header + 4]]);
    expect(breaches(decoder.push(bytes.subarray(header + 5)))).toEqual([]);
  });

  test("a frame of exactly the limit is read, one byte more is not", () => {
    const ok = dialect.decoder("server", { maxPayload: 100 });
    expect(ok.push(write({ kind: "text", payload: Buffer.alloc(100, "a") })).map(({ type }) => type)).toEqual([
      "frame",
      "message",
    ]);
    const over = dialect.decoder("server", { maxPayload: 100 });
    expect(breaches(over.push(write({ kind: "text", payload: Buffer.alloc(101, "a") })))).toEqual([
      ["frame-too-large", 0],
    ]);
    expect(over.failed).toBe(true);
    expect(over.push(write({ kind: "text" }))).toEqual([]);
    expect(over.end()).toEqual([]);
  });

  test("the end is reported once, and only within a frame", () => {
    const decoder = dialect.decoder("server");
    decoder.push(write({ kind: "text", payload: Buffer.from("a") }));
    expect(decoder.end()).toEqual([]);
    const cut = dialect.decoder("server");
    cut.push(write({ kind: "text" }, { kind: "text", payload: Buffer.from("ab") }).subarray(0, -1));
    expect(breaches(cut.end())).toEqual([["truncated-frame", 2]]);
    expect(cut.end()).toEqual([]);
  });

  test("a kind that the dialect has not is refused", () => {
    expect(() => dialect.encode({}, "server", key)).toThrow(RangeError);
    if (!dialect.kinds.has("ping")) expect(() => dialect.encode({ kind: "ping" }, "server", key)).toThrow(RangeError);
    else expect(() => dialect.encode({ kind: "ping", lengthForm: "groups" }, "server", key)).toThrow(RangeError);
  });
});

describe.each(["hybi-06", "rfc6455"] as const)("%s", (name) => {
  const dialect = dialects[name];
  const read = (frames: readonly FrameSpec[], maxPayload?: number) => {
    const decoder = dialect.decoder("server", maxPayload === undefined ? {} : { maxPayload });
    return frames.flatMap((frame) => decoder.push(dialect.encode(frame, "server", key)));
  };

  test("fragments count towards the limit, small control frames do not", () => {
    const part = Buffer.alloc(60, "a");
    const start: FrameSpec = { kind: "text", fin: false, payload: part };
    expect(breaches(read([start, { kind: "ping", payload: part }], 100))).toEqual([]);
    expect(breaches(read([start, { kind: "continuation", payload: part }], 100))).toEqual([["frame-too-large", 62]]);
  });

  test("a message is reported as invalid text once", () => {
    const wrong = Buffer.of(0xff);
    const frames: FrameSpec[] = [
      { kind: "text", fin: false, payload: wrong },
      { kind: "continuation", fin: false, payload: wrong },
      { kind: "continuation", payload: wrong },
    ];
    expect(breaches(read(frames))).toEqual([["text-utf8", 2]]);
  });

  test("a character that the end of the message cuts is reported there", () => {
    const frames: FrameSpec[] = [
      { kind: "text", fin: false, payload: Buffer.of(0xe2) },
      { kind: "continuation", payload: Buffer.alloc(0) },
    ];
    expect(breaches(read(frames))).toEqual([["text-utf8", 5]]);
  });

  test("an unmasked payload is a copy, so the input buffer can be used again", () => {
    const decoder = dialect.decoder("client");
    const bytes = Buffer.from(dialect.encode({ kind: "text", payload: Buffer.from("keep") }, "client", key));
    const [, message] = decoder.push(bytes);
    bytes.fill(0);
    expect(message?.type === "message" && Buffer.from(message.data).toString()).toBe("keep");
  });
});
