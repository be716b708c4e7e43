import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detectFraming, type FramingEvent, framingDecoder, putFraming, stripFraming } from "./framing.ts";

const text = (data: Uint8Array): string => Buffer.from(data).toString("utf8");
const bytes = (data: string): Uint8Array => Buffer.from(data, "utf8");
const shown = (events: readonly FramingEvent[]): string[] =>
  events.map((event) => (event.type === "message" ? text(event.data) : `! ${event.message}`));

test.each([
  ["<a/>", "none", "<a/>"],
  ["", "none", ""],
  ["<a/>]]>]]>", "eom", "<a/>"],
  [" <a/>\n]]>]]>\n", "eom", "<a/>\n"],
  ["]]>]]>", "eom", ""],
  ["<a b=']]>]]>'/>", "none", "<a b=']]>]]>'/>"],
  ["<a/><!-- ]]>]]> -->", "none", "<a/><!-- ]]>]]> -->"],
  ["\n#4\n<a/>\n##\n", "chunked", "<a/>"],
  ["\n#2\n<a\n#2\n/>\n##\n", "chunked", "<a/>"],
  ["\n#3\n漢\n##\n", "chunked", "漢"],
  ["\n##\n", "chunked", "\n##\n"],
  ["\n#4\n<a/>", "chunked", "\n#4\n<a/>"],
  ["\n#9\n<a/>\n##\n", "chunked", "\n#9\n<a/>\n##\n"],
  ["\n#1\na\n##\n\n#1\nb\n##\n", "chunked", "\n#1\na\n##\n\n#1\nb\n##\n"],
  ["\n#04\n<a/>\n##\n", "none", "\n#04\n<a/>\n##\n"],
  ["#4\n<a/>", "none", "#4\n<a/>"],
])("%j shows %s", (payload, framing, bare) => {
  expect(detectFraming(payload)).toBe(framing);
  expect(stripFraming(payload)).toBe(bare);
});

test("putFraming", () => {
  expect(text(putFraming("none", "<a/>"))).toBe("<a/>");
  expect(text(putFraming("eom", "<a/>"))).toBe("<a/>]]>]]>");
  expect(text(putFraming("chunked", "<a/>"))).toBe("\n#4\n<a/>\n##\n");
  expect(text(putFraming("chunked", bytes("<a/>"), 3))).toBe("\n#3\n<a/\n#1\n>\n##\n");
});

/** What a decoder makes of octets that come cut at the given places. */
function decode(framing: "eom" | "chunked", data: Uint8Array, cuts: readonly number[] = [], limit?: number): string[] {
  const decoder = framingDecoder(framing, limit);
  const borders = [0, ...cuts.map((cut) => cut % (data.length + 1)).sort((a, b) => a - b), data.length];
  return shown(borders.slice(1).flatMap((border, index) => decoder.push(data.subarray(borders[index], border))));
}

describe("framingDecoder", () => {
  test.each(["eom", "chunked"] as const)("%s: any messages, any chunks, any cuts", (framing) => {
    const message = fc.string({ unit: fc.constantFrom(..."]>\n#1a漢"), minLength: 1, maxLength: 12 });
    const clean = message.filter((one) => framing === "chunked" || !`${one}]]>]]`.includes("]]>]]>"));
    fc.assert(
      fc.property(fc.array(fc.tuple(clean, fc.nat(5)), { maxLength: 4 }), fc.array(fc.nat(200)), (messages, cuts) => {
        const stream = Buffer.concat(messages.map(([one, size]) => putFraming(framing, one, size + 1)));
        expect(decode(framing, stream, cuts)).toEqual(messages.map(([one]) => one));
      }),
    );
  });

  test("the same events for the same octets, right or wrong, however they are cut", () => {
    const junk = fc.string({
      unit: fc.constantFrom("\n#", "\n##\n", "3", "0", "\n", "#", "a", "]]>", "abc", "\n#3\nabc"),
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        junk,
        fc.array(fc.nat(60)),
        fc.constantFrom("eom" as const, "chunked" as const),
        (data, cuts, framing) => {
          expect(decode(framing, bytes(data), cuts, 6)).toEqual(decode(framing, bytes(data), [], 6));
        },
      ),
    );
  });

  test.each([
    ["no line feed first", "#4\n<a/>", /chunk header/],
    ["a size of 0", "\n#0\n", /chunk header/],
    ["leading zero", "\n#04\n", /chunk header/],
    ["eleven digits", "\n#10000000000\n", /chunk header/],
    ["4294967296", "\n#4294967296\n", /4294967295/],
    ["a sign", "\n#-1\n", /chunk header/],
    ["the end at once", "\n##\n", /without a chunk/],
    ["data after the size", "\n#1\nab", /chunk header/],
    ["the marker", "<a/>]]>]]>", /chunk header/],
  ])("chunked: %s is a breach, and the end", (_, data, message) => {
    const events = decode("chunked", bytes(`${data}\n#1\na\n##\n`));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatch(message);
  });

  test("a message is bounded", () => {
    expect(decode("eom", bytes("a".repeat(100)), [50], 64)).toEqual([expect.stringContaining("64")]);
    expect(decode("chunked", bytes(`\n#99\n${"a".repeat(99)}`), [50], 64)).toEqual([expect.stringContaining("64")]);
    expect(decode("chunked", bytes("\n#4294967295\nab"))).toEqual([]);
  });

  test("what is unfinished is known", () => {
    const decoder = framingDecoder("chunked");
    expect([decoder.push(bytes("\n#4\n<a")).length, decoder.pending()]).toEqual([0, 2]);
    expect([shown(decoder.push(bytes("/>\n##\n"))), decoder.pending()]).toEqual([["<a/>"], 0]);
    expect([decoder.push(bytes("\n#")).length, decoder.pending()]).toEqual([0, 2]);
  });
});
