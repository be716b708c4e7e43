/** Building and reading the opening handshake, beyond the rows of the vectors. */
import { describe, expect, test } from "vitest";
import { generateKey, keyFaults } from "./challenge.ts";
import { maxHead } from "./http-head.ts";
import { announcedDialect, dialectNames, dialects } from "./index.ts";
import type { Request } from "./types.ts";

/** Random bytes that a seed repeats (a linear congruence). */
function seeded(seed: number): (size: number) => Uint8Array {
  let state = seed;
  return (size) =>
    Buffer.from(
      Array.from({ length: size }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state >>> 24;
      }),
    );
}

const fieldNames = (request: Request): string[] => request.headers.map(({ name }) => name);

test.each(dialectNames)("a request of %s announces its dialect, and a seed repeats it", (name) => {
  const build = (seed: number) => dialects[name].openingRequest({ host: "example.com", random: seeded(seed) });
  expect(build(1).dialect).toBe(name);
  expect(announcedDialect(build(1))).toBe(name);
  expect(build(1)).toEqual(build(1));
  expect(build(2).bytes).not.toEqual(build(1).bytes);
});

test("a request without a known version and without both keys announces nothing", () => {
  const headers = [{ name: "Sec-WebSocket-Version", value: "constructor" }];
  expect(announcedDialect({ headers })).toBeUndefined();
  expect(announcedDialect({ headers: [{ name: "Sec-WebSocket-Key1", value: "1 0" }] })).toBeUndefined();
});

test("hybi-00 fields come in random order, unless one is asked for", () => {
  const orders = Array.from({ length: 20 }, (_, seed) =>
    fieldNames(dialects["hybi-00"].openingRequest({ host: "example.com", random: seeded(seed) })).join(),
  );
  expect(new Set(orders).size).toBeGreaterThan(15);
  const asked = dialects["hybi-00"].openingRequest({ host: "example.com", random: seeded(1), order: ["Origin"] });
  expect(fieldNames(asked)[0]).toBe("Origin");
});

test("a generated key is one that the draft allows", () => {
  const random = seeded(7);
  for (let i = 0; i < 2_000; i++) {
    const key = generateKey(random);
    expect([key, keyFaults(key)]).toEqual([key, []]);
  }
});

describe("hybi-00", () => {
  const dialect = dialects["hybi-00"];
  const request = dialect.openingRequest({
    host: "Example.com:443",
    secure: true,
    subprotocols: ["netconf"],
    random: seeded(3),
  });

  test("leaves the default port and upper case out of Host and location", () => {
    expect(request).toMatchObject({ host: "example.com", origin: "https://example.com", secure: true });
    expect(Buffer.from(dialect.openingResponse(request)).toString("latin1")).toContain("wss://example.com/netconf\r\n");
  });

  test("tells the head before the tail is there", () => {
    const answer = dialect.openingResponse(request);
    const head = dialect.readResponse(answer.subarray(0, -1), request);
    expect(head).toMatchObject({ state: "incomplete", head: { status: 101, subprotocol: "netconf" } });
    expect(dialect.readRequest(request.bytes.subarray(0, -1))).toMatchObject({
      state: "incomplete",
      head: { host: "example.com", dialect: "hybi-00" },
    });
    expect(dialect.readRequest(request.bytes.subarray(0, request.headLength - 1))).toEqual({ state: "incomplete" });
  });

  test("does not wait for key3 where no key is", () => {
    const other = dialects.rfc6455.openingRequest({ host: "example.com", random: seeded(1) });
    expect(dialect.readRequest(other.bytes)).toMatchObject({ state: "complete", consumed: other.bytes.length });
  });
});

describe.each(dialectNames)("%s", (name) => {
  const dialect = dialects[name];
  const request = dialect.openingRequest({ host: "example.com", random: seeded(5) });

  test("gives up at once on what is no HTTP", () => {
    const hello = Buffer.from("160301020001", "hex");
    expect(dialect.readRequest(hello).state).toBe("malformed");
    expect(dialect.readResponse(hello, request).state).toBe("malformed");
    expect(dialect.readRequest(Buffer.from("\r\n\r\n")).state).toBe("malformed");
    expect(dialect.readResponse(Buffer.from("HTTP/1.1 abc\r\n\r\n"), request).state).toBe("malformed");
    expect(dialect.readResponse(Buffer.from("HT"), request)).toEqual({ state: "incomplete" });
    expect(dialect.readRequest(Buffer.alloc(0))).toEqual({ state: "incomplete" });
  });

  test("reads no head beyond 64 KiB", () => {
    const endless = Buffer.concat([Buffer.from("HTTP/1.1 101 x\r\nA: "), Buffer.alloc(maxHead, "a")]);
    expect(dialect.readResponse(endless.subarray(0, maxHead - 1), request)).toEqual({ state: "incomplete" });
    expect(dialect.readResponse(endless, request).state).toBe("malformed");
    expect(dialect.readRequest(endless).state).toBe("malformed");
    const large = [{ name: "Cookie", value: "a".repeat(maxHead) }];
    const built = dialect.openingRequest({ host: "example.com", headers: large, random: seeded(5) });
    expect(built.headers.length).toBe(request.headers.length + 1);
    expect(dialect.readRequest(built.bytes).state).toBe("malformed");
  });

  test("bytes behind the response are left to the decoder", () => {
    const frame = dialect.encode({ kind: "text", payload: Buffer.from("a") }, "server", seeded(1));
    const answer = dialect.openingResponse(request);
    const reading = dialect.readResponse(Buffer.concat([answer, frame]), request);
    expect(reading).toMatchObject({ state: "complete", consumed: answer.length, breaches: [] });
  });

  test("charges a breach to the requirement of its sender, or to none", () => {
    expect(dialect.requirementFor("response-upgrade", "server")).toMatch(/-HS-003$/);
    expect(dialect.requirementFor("response-upgrade", "client")).toBeUndefined();
    expect(dialect.requirementFor("frame-too-large", "client")).toBeUndefined();
  });
});
