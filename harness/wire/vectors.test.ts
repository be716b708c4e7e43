/** Every row of fixtures/vectors, read and written, in whatever pieces. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { acceptValue } from "./accept.ts";
import { challengeAnswer, keyFaults, keyPart } from "./challenge.ts";
import { closeCodeLegal, rfc6455CloseCodes } from "./close-codes.ts";
import { dialectNames, dialects } from "./index.ts";
import type {
  End,
  Frame,
  FrameSpec,
  HeaderField,
  Request,
  RequestOptions,
  ResponseOptions,
  WireEvent,
} from "./types.ts";

type Text = Readonly<Record<string, string>>;
type FieldSet = Record<string, string | string[]>;

interface FrameRow {
  readonly id: string;
  readonly from?: End;
  readonly wire: string;
  readonly frames: readonly Text[];
  readonly writes?: readonly Text[];
  readonly events: readonly string[];
  readonly failed?: string;
}

interface HandshakeRow {
  readonly id: string;
  readonly options: Options;
  readonly request?: Message;
  readonly response?: Message & { readonly options?: Options };
}

interface Message {
  readonly text: string;
  readonly tail?: string;
  readonly size?: string;
  readonly sha256?: string;
}

type Options = Readonly<Record<string, string | string[] | FieldSet>>;

interface Departure extends Options {
  readonly id: string;
  readonly breaches: string[];
}

interface Departures {
  readonly base: string;
  readonly rows: readonly Departure[];
}

interface Vectors {
  readonly key?: string;
  readonly handshakes: readonly HandshakeRow[];
  readonly accepts?: readonly Text[];
  readonly challenges?: readonly (Text & { readonly parts: string[] })[];
  readonly frames: readonly FrameRow[];
  readonly sizes: readonly Text[];
  readonly requests: Departures;
  readonly responses: Departures;
}

const load = (name: string): unknown =>
  parse(readFileSync(new URL(`../../fixtures/vectors/${name}.yaml`, import.meta.url), "utf8"), { schema: "failsafe" });

/** "00 61*3 / ff": hex with blanks and cuts, a byte repeated. */
function bytesOf(notation: string): Buffer {
  const words = notation.split(/[\s/]+/).filter((word) => word !== "");
  return Buffer.concat(
    words.map((word) => {
      const [hex = "", times = "1"] = word.split("*");
      return Buffer.from(hex.repeat(Number(times)), "hex");
    }),
  );
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Repeats itself, so that what is generated is the same in every run. */
const constant = (size: number): Uint8Array => Buffer.alloc(size, 7);

describe.each(dialectNames)("%s", (name) => {
  const dialect = dialects[name];
  const vectors = load(name) as Vectors;

  const specOf = (row: Text): FrameSpec => ({
    ...(row.kind === undefined ? {} : { kind: row.kind as NonNullable<FrameSpec["kind"]> }),
    ...(row.opcode === undefined ? {} : { opcode: Number(row.opcode) }),
    ...(row.fin === undefined ? {} : { fin: row.fin !== "no" }),
    ...(row.rsv === undefined ? {} : { rsv: Number(row.rsv) }),
    ...(row.mask === "no" ? { mask: false as const } : row.key === undefined ? {} : { mask: bytesOf(row.key) }),
    ...(row.lengthForm === undefined ? {} : { lengthForm: row.lengthForm as NonNullable<FrameSpec["lengthForm"]> }),
    ...(row.declaredLength === undefined ? {} : { declaredLength: BigInt(row.declaredLength) }),
    payload: bytesOf(row.payload ?? ""),
  });

  const write = (rows: readonly Text[], from: End): Buffer =>
    Buffer.concat(rows.map((row) => dialect.encode(specOf(row), from, () => bytesOf(vectors.key ?? "00000000"))));

  function read(pieces: readonly Uint8Array[], from: End) {
    const decoder = dialect.decoder(from);
    const events = pieces.flatMap((piece) => decoder.push(piece));
    return { events: [...events, ...decoder.end()], failed: decoder.failed };
  }

  describe("frames", () => {
    const rows = vectors.frames.flatMap((row) =>
      (row.from ? [row.from] : (["client", "server"] as const)).map((from) => ({ ...row, from })),
    );
    test.each(rows)("$id from the $from", ({ from, wire, frames, writes, events, failed }) => {
      const written = write(writes ?? frames, from);
      const bytes = wire.endsWith("..") ? written : bytesOf(wire);
      if (wire.endsWith(".."))
        expect(written.toString("hex")).toMatch(new RegExp(`^${wire.slice(0, -2).replaceAll(" ", "")}`));
      else if (writes?.length !== 0) expect(written.toString("hex")).toBe(bytes.toString("hex"));
      const whole = read([bytes], from);
      expect(whole.events.flatMap(summary)).toEqual(events.map(normal));
      expect(framesOf(whole.events).map(facts)).toEqual(frames.map((row) => expected(row, from)));
      expect(whole.failed).toBe(failed === "yes");
      expect(read([...bytes].map((byte) => Buffer.of(byte)).slice(0, 4096), from).events).toEqual(
        bytes.length <= 4096 ? whole.events : expect.anything(),
      );
    });
  });

  /** A frame as a row tells it, what the row leaves open taken from the dialect. */
  function expected(row: Text, from: End) {
    const spec = specOf(row);
    const keyed = name !== "hybi-00" && spec.mask !== false && (spec.mask !== undefined || from === "client");
    return {
      ...(spec.kind === undefined ? { opcode: spec.opcode } : { kind: spec.kind }),
      fin: spec.fin ?? true,
      rsv: spec.rsv ?? 0,
      key: keyed ? Buffer.from(spec.mask || bytesOf(vectors.key ?? "")).toString("hex") : undefined,
      payload: Buffer.from(spec.payload ?? "").toString("hex"),
    };
  }

  const facts = (frame: Frame) => ({
    ...(frame.kind === "reserved" ? { opcode: frame.opcode } : { kind: frame.kind }),
    fin: frame.fin,
    rsv: frame.rsv,
    key: frame.key && Buffer.from(frame.key).toString("hex"),
    payload: Buffer.from(frame.payload).toString("hex"),
  });

  test.each(vectors.sizes)("$n bytes of text from the $from", ({ from, n, total, first = "", sha256: hash }) => {
    for (const end of from ? [from as End] : (["client", "server"] as const)) {
      const bytes = write([{ kind: "text", payload: `61*${n}` }], end);
      expect(bytes.length).toBe(Number(total));
      expect(bytes.toString("hex").startsWith(first)).toBe(true);
      expect(sha256(bytes)).toBe(hash);
      const { events } = read([bytes], end);
      expect(events.map((event) => event.type)).toEqual(["frame", "message"]);
      expect(framesOf(events)[0]?.payload.length).toBe(Number(n));
    }
  });

  const requestOf = (options: Options): Request =>
    dialect.openingRequest({ ...requestOptions(options), host: String(options.host), random: constant });

  const messageOf = ({ text, tail = "" }: Message): Buffer =>
    Buffer.concat([Buffer.from(`${text.trimEnd().replaceAll("\n", "\r\n")}\r\n\r\n`, "latin1"), bytesOf(tail)]);

  describe("handshakes", () => {
    test.each(vectors.handshakes)("$id", ({ options, request, response }) => {
      const built = requestOf(options);
      if (request) {
        expect(Buffer.from(built.bytes).toString("latin1")).toBe(messageOf(request).toString("latin1"));
        if (request.size) expect(built.bytes.length).toBe(Number(request.size));
        if (request.sha256) expect(sha256(built.bytes)).toBe(request.sha256);
      }
      expect(dialect.readRequest(built.bytes)).toEqual({
        state: "complete",
        value: built,
        consumed: built.bytes.length,
        breaches: [],
      });
      if (!response) return;
      const answer = dialect.openingResponse(built, responseOptions(response.options ?? {}));
      expect(Buffer.from(answer).toString("latin1")).toBe(messageOf(response).toString("latin1"));
      if (response.size) expect(answer.length).toBe(Number(response.size));
      if (response.sha256) expect(sha256(answer)).toBe(response.sha256);
      expect(dialect.readResponse(answer, built)).toMatchObject({ state: "complete", breaches: [] });
    });
  });

  const baseOf = ({ base }: Departures): Options =>
    vectors.handshakes.find(({ id }) => id === base)?.options as Options;

  describe("departures of a request", () => {
    test.each(vectors.requests.rows)("$id", (row) => {
      const built = requestOf({ ...baseOf(vectors.requests), ...row });
      const reading = dialect.readRequest(Buffer.concat([built.bytes, bytesOf(String(row.behind ?? ""))]));
      expect(reading.state).toBe(row.state ?? "complete");
      if (reading.state !== "incomplete") expect(rules(reading.breaches)).toEqual(row.breaches);
      if (reading.state === "complete") expect(reading.consumed).toBe(built.bytes.length);
      expect(built.expectedProof === undefined).toBe(row.proof === "no");
    });
  });

  describe("departures of a response", () => {
    test.each(vectors.responses.rows)("$id", (row) => {
      const { id, breaches, replace, ...options } = row;
      const { subprotocols } = options;
      const request = requestOf({ ...baseOf(vectors.responses), ...(subprotocols ? { subprotocols } : {}) });
      const [from = "", to = ""] = (replace as string[] | undefined) ?? [];
      const answer = Buffer.from(dialect.openingResponse(request, responseOptions(options)))
        .toString("latin1")
        .replace(from, to);
      const reading = dialect.readResponse(Buffer.from(answer, "latin1"), request);
      expect(reading.state).toBe(options.state ?? "complete");
      if (reading.state !== "incomplete") expect(rules(reading.breaches)).toEqual(breaches);
      else expect(reading.head?.status).toBe(101);
    });
  });

  const rules = (breaches: readonly { readonly rule: string }[]) => [...new Set(breaches.map(({ rule }) => rule))];

  function responseOptions(row: Options): ResponseOptions {
    const { subprotocol, status, reason, proof, rawLines, set } = row;
    const raw = typeof proof === "string" && name === "hybi-00" ? bytesOf(proof).toString("latin1") : proof;
    return {
      ...(subprotocol === undefined ? {} : { subprotocol: String(subprotocol) }),
      ...(status === undefined ? {} : { status: Number(status) }),
      ...(reason === undefined ? {} : { reason: String(reason) }),
      ...(raw === undefined ? {} : { proof: String(raw) }),
      ...(rawLines === undefined ? {} : { rawLines: rawLines as string[] }),
      ...(set === undefined ? {} : { set: fieldSet(set as FieldSet) }),
    };
  }

  test.each(vectors.accepts ?? [])("accept value of $key", ({ key = "", accept }) => {
    expect(acceptValue(key)).toBe(accept);
  });

  test.each(vectors.challenges ?? [])("challenge $id", ({ key1 = "", key2 = "", key3 = "", parts, answer, legal }) => {
    if (parts) expect([keyPart(key1), keyPart(key2)].map(String)).toEqual(parts);
    expect(Buffer.from(challengeAnswer(key1, key2, bytesOf(key3)) ?? "").toString("hex")).toBe(answer);
    expect([key1, key2].every((key) => keyFaults(key).length === 0)).toBe(legal !== "no");
  });
});

test("the close codes of RFC 6455 are those of the dated table", () => {
  const { codes } = load("close-codes") as { codes: Text[] };
  for (const { first, last, legal } of codes)
    for (let code = Number(first); code <= Number(last); code++)
      if (closeCodeLegal(rfc6455CloseCodes, code) !== (legal === "yes")) expect.fail(`code ${code}`);
  expect(codes.reduce((sum, { first, last }) => sum + Number(last) - Number(first) + 1, 0)).toBe(65536);
});

const framesOf = (events: readonly WireEvent[]): Frame[] =>
  events.flatMap((event) => (event.type === "frame" ? [event.frame] : []));

/** An event other than a frame as the rows write it. */
function summary(event: WireEvent): string[] {
  if (event.type === "frame") return [];
  if (event.type === "breach") return [`breach ${event.rule}`];
  if (event.type === "message") return [`${event.kind} ${Buffer.from(event.data).toString("hex")}`.trimEnd()];
  return [`close ${event.code ?? ""} ${Buffer.from(event.reason ?? "").toString("hex")}`.trimEnd()];
}

function normal(row: string): string {
  const [kind = "", ...rest] = row.split(" ");
  if (kind === "breach") return row;
  if (kind !== "close") return `${kind} ${bytesOf(rest.join(" ")).toString("hex")}`.trimEnd();
  return `close ${rest[0] ?? ""} ${bytesOf(rest.slice(1).join(" ")).toString("hex")}`.trimEnd();
}

function fieldSet(set: FieldSet): Record<string, string | string[] | null> {
  return Object.fromEntries(Object.entries(set).map(([field, value]) => [field, value === "~" ? null : value]));
}

function requestOptions(row: Options): Omit<RequestOptions, "host" | "random"> {
  const { key3, set, headers, ...rest } = row;
  const fields: HeaderField[] = Object.entries((headers ?? {}) as Text).map(([field, value]) => ({
    name: field,
    value,
  }));
  return {
    ...(rest as Partial<RequestOptions>),
    headers: fields,
    ...(key3 === undefined ? {} : { key3: bytesOf(String(key3)) }),
    ...(set === undefined ? {} : { set: fieldSet(set as FieldSet) }),
  };
}
