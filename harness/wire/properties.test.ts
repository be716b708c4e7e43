/** What holds for any bytes, any frames and any cuts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { listElements } from "./header-lists.ts";
import { dialectNames, dialects } from "./index.ts";
import type { Dialect, End, Frame, FrameSpec, LengthForm, Request, WireEvent } from "./types.ts";
import { utf8Validator } from "./utf8.ts";

const ends = ["client", "server"] as const;
const cases = dialectNames.flatMap((name) => ends.map((from) => ({ name, from })));
const fixedKey = (size: number): Uint8Array => Buffer.from("37fa213d", "hex").subarray(0, size);

/** Bytes that are often text, and often text gone wrong. */
const payload = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => new Uint8Array(Buffer.from(text))),
  fc.uint8Array({ maxLength: 140 }),
  fc.uint8Array({ minLength: 200, maxLength: 300 }),
);

/** Frames of any opcode and shape whose borders a reader can find. */
function frameSpec(dialect: Dialect): fc.Arbitrary<FrameSpec> {
  const forms: LengthForm[] = dialect.version === undefined ? ["groups", "16"] : ["16", "64"];
  const kind = fc.constantFrom(...dialect.kinds) as fc.Arbitrary<NonNullable<FrameSpec["kind"]>>;
  return fc
    .record(
      {
        kind: kind as fc.Arbitrary<NonNullable<FrameSpec["kind"]>>,
        opcode: fc.integer({ min: 0, max: dialect.version === undefined ? 255 : 15 }),
        fin: fc.boolean(),
        rsv: fc.constantFrom(0, 0, 0, 1, 2, 4, ...(dialect.name === "hybi-06" ? [8] : [])),
        lengthForm: fc.constantFrom(...forms),
        payload,
      },
      { requiredKeys: ["kind", "payload"] },
    )
    .map((spec) => legible(dialect, spec));
}

/** Takes back what would hide the borders: a sentinel within hybi-00 text, a length on a type that has none. */
function legible(dialect: Dialect, spec: FrameSpec): FrameSpec {
  if (dialect.version !== undefined) return spec;
  const counted = spec.opcode === undefined ? spec.kind === "close" : spec.opcode >= 0x80;
  if (counted) return spec.kind === "close" && spec.opcode === undefined ? { kind: "close" } : spec;
  const { lengthForm: _, ...rest } = spec;
  return { ...rest, payload: (spec.payload ?? Buffer.alloc(0)).map((byte) => (byte === 0xff ? 0xfe : byte)) };
}

function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, i) => bytes.subarray(places[i], to));
}

function decode(dialect: Dialect, from: End, parts: readonly Uint8Array[], maxPayload?: number) {
  const decoder = dialect.decoder(from, maxPayload === undefined ? {} : { maxPayload });
  const events: WireEvent[] = parts.flatMap((part) => decoder.push(part));
  events.push(...decoder.end());
  return { events, failed: decoder.failed, offset: decoder.offset };
}

describe.each(cases)("$name from the $from", ({ name, from }) => {
  const dialect = dialects[name];
  const encode = (spec: FrameSpec) => dialect.encode(spec, from, fixedKey);

  test("any cut of any frames gives the same events", () => {
    const frames = fc.array(frameSpec(dialect), { maxLength: 6 });
    const run = fc.property(
      frames,
      fc.uint8Array({ maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
      (specs, rest, cuts, maxPayload) => {
        const bytes = Buffer.concat([...specs.map(encode), rest]);
        const whole = decode(dialect, from, [bytes], maxPayload);
        expect(decode(dialect, from, pieces(bytes, cuts), maxPayload)).toEqual(whole);
        expect(
          decode(
            dialect,
            from,
            [...bytes].map((byte) => Uint8Array.of(byte)),
            maxPayload,
          ),
        ).toEqual(whole);
      },
    );
    fc.assert(run, { numRuns: 150 });
  });

  test("what is encoded is decoded", () => {
    const run = fc.property(frameSpec(dialect), (spec) => {
      const bytes = encode(spec);
      const frame = decode(dialect, from, [bytes]).events.find((event) => event.type === "frame")?.frame as Frame;
      expect(frame.size).toBe(bytes.length);
      expect(Buffer.from(frame.payload).equals(Buffer.from(spec.payload ?? ""))).toBe(true);
      if (spec.opcode === undefined) expect(frame.kind).toBe(spec.kind);
      else expect(frame.opcode).toBe(spec.opcode);
      expect(frame.fin).toBe(dialect.version === undefined || spec.fin !== false);
      expect(frame.rsv).toBe(dialect.version === undefined ? 0 : (spec.rsv ?? 0));
    });
    fc.assert(run, { numRuns: 500 });
  });

  test("a message of any fragments is joined", () => {
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 6 }), (parts) => {
        const kind = dialect.kinds.has("binary") ? "binary" : "text";
        const fragments = kind === "binary" ? parts : parts.slice(0, 1).map((part) => part.map((byte) => byte & 0x7f));
        const bytes = fragments.map((part, i) =>
          encode({ kind: i === 0 ? kind : "continuation", fin: i === fragments.length - 1, payload: part }),
        );
        const { events } = decode(dialect, from, bytes);
        const message = events.at(-1);
        expect(message).toMatchObject({ type: "message", kind, frames: fragments.length, offset: 0 });
        if (message?.type === "message") expect(Buffer.concat(fragments).equals(message.data)).toBe(true);
        expect(events.filter((event) => event.type === "breach")).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("an announced length takes no memory, and a failed decoder keeps none", () => {
    const heads = Array.from({ length: 64 }, () => dialect.decoder(from));
    const before = process.memoryUsage().arrayBuffers;
    const declaredLength = BigInt(16 * 1024 * 1024);
    const head = encode({ opcode: dialect.version === undefined ? 0x80 : 1, declaredLength, payload: Buffer.of(97) });
    for (const decoder of heads) decoder.push(head);
    const failed = dialect.decoder(from, { maxPayload: 1000 });
    for (let i = 0; i < 1000; i++) failed.push(encode({ kind: "text", payload: Buffer.alloc(65_536, "a") }));
    expect(failed.failed).toBe(true);
    expect(failed.offset).toBeGreaterThan(65_536_000);
    expect(heads.every((decoder) => !decoder.failed)).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 1024 * 1024);
  });
});

test.each(dialectNames)("a frame that arrives byte by byte costs no more than its length in %s", (name) => {
  const bytes = dialects[name].encode({ kind: "text", payload: Buffer.alloc(1 << 20, "a") }, "client", fixedKey);
  const decoder = dialects[name].decoder("client");
  const begun = performance.now();
  let events = 0;
  for (let at = 0; at < bytes.length; at++) events += decoder.push(bytes.subarray(at, at + 1)).length;
  expect(events).toBe(2);
  expect(performance.now() - begun).toBeLessThan(4_000);
});

/** Bytes that a seed repeats (xorshift). */
function byteSource(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  };
}

test("10^5 random byte strings neither throw nor hang", () => {
  const next = byteSource(0x5eed);
  const random = (size: number): Uint8Array => Buffer.from(Array.from({ length: size }, next));
  const requests = cases.map(({ name }) => dialects[name].openingRequest({ host: "example.com", random }));
  for (let round = 0; round < 100_000; round++) {
    const { name, from } = cases[round % cases.length] as (typeof cases)[number];
    const bytes = random(next() & 63);
    const cut = next() & 63;
    const decoder = dialects[name].decoder(from, { maxPayload: 4096 });
    decoder.push(bytes.subarray(0, cut));
    decoder.push(bytes.subarray(cut));
    decoder.end();
    if (decoder.offset !== bytes.length) expect.fail(`offset ${decoder.offset} after ${bytes.length} bytes`);
    dialects[name].readRequest(bytes);
    dialects[name].readResponse(bytes, requests[round % cases.length] as Request);
  }
}, 30_000);

describe("a handshake with anything overwritten", () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 });
  const damaged = (bytes: Uint8Array, places: readonly (readonly [number, number])[]): Uint8Array => {
    const copy = Buffer.from(bytes);
    for (const [place, byte] of places) copy[place % copy.length] = byte;
    return copy;
  };

  test.each(dialectNames)("is read in %s without an exception", (name) => {
    const dialect = dialects[name];
    const random = (size: number): Uint8Array => Buffer.alloc(size, 9);
    const request = dialect.openingRequest({ host: "example.com", subprotocols: ["netconf"], random });
    const answer = dialect.openingResponse(request);
    const run = fc.property(damage, fc.nat(), (places, length) => {
      const heard = damaged(request.bytes, places);
      const reading = dialect.readRequest(heard);
      if (reading.state === "complete") dialect.readResponse(dialect.openingResponse(reading.value), reading.value);
      dialect.readRequest(heard.subarray(0, length % heard.length));
      const response = dialect.readResponse(damaged(answer, places), request);
      return response.state !== "complete" || response.consumed <= answer.length;
    });
    fc.assert(run, { numRuns: 3_000 });
  });
});

test("text is valid exactly where the platform's decoder says so, and invalid at its first wrong byte", () => {
  const strict = new TextDecoder("utf-8", { fatal: true });
  const valid = (bytes: Uint8Array): boolean => {
    try {
      strict.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  const scattered = fc.tuple(payload, payload, payload).map((parts) => new Uint8Array(Buffer.concat(parts)));
  const run = fc.property(scattered, fc.array(fc.nat(), { maxLength: 5 }), (bytes, cuts) => {
    const validator = utf8Validator();
    let at = 0;
    let wrong = -1;
    for (const piece of pieces(bytes, cuts)) {
      const index = validator.push(piece);
      if (index >= 0) {
        wrong = at + index;
        break;
      }
      at += piece.length;
    }
    expect(wrong < 0 && validator.complete).toBe(valid(bytes));
    const whole = utf8Validator();
    expect(whole.push(bytes)).toBe(wrong);
    if (wrong >= 0) expect(utf8Validator().push(bytes.subarray(0, wrong))).toBe(-1);
  });
  fc.assert(run, { numRuns: 2_000 });
});

test("a list splits at commas outside quoted strings", () => {
  expect(listElements('a;b="1,2" , ,c')).toEqual(['a;b="1,2"', "", "c"]);
  expect(listElements('a;b="\\",", c')).toEqual(['a;b="\\","', "c"]);
});
