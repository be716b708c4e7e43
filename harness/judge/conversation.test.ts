/** A transcript reads the same however its bytes were cut, from memory and from a file. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { transcriptFromJsonLines, transcriptToJsonLines } from "../session/recorder.ts";
import { dialectNames } from "../wire/index.ts";
import { type ConnectionView, readConversation } from "./conversation.ts";
import { passiveReports } from "./judge.ts";
import {
  accept,
  bytes,
  close,
  connect,
  control,
  cut,
  errorBody,
  event,
  joined,
  type Line,
  message,
  notification,
  open,
  release,
  reply,
  request,
  rpc,
  session,
  subscribed,
  tcp,
  transcriptOf,
} from "./testing/script.ts";
import type { Entry, Transcript } from "./types.ts";

/** Conversations good and bad, each of one connection. */
const scripts: Readonly<Record<string, Line>> = {
  "a session": [
    session("a"),
    rpc("a", "asked"),
    joined(reply("a", "asked"), close("a", "server", 1000)),
    tcp("a", "server", "fin"),
  ],
  "everything of the server in one segment": [
    connect("a"),
    request("a"),
    joined(
      accept("a"),
      message("a", "server", "<a/>"),
      message("a", "server", "b"),
      close("a", "server", 1001, "x"),
      bytes("a", "server", "garbage"),
    ),
  ],
  "a subscription": [
    subscribed("a"),
    joined(notification("a", event("t.")), control("a", "replayComplete")),
    rpc("a", "asked"),
    reply("a", "asked", errorBody()),
  ],
  "a refusal with a body": [
    connect("a"),
    request("a"),
    bytes("a", "server", "HTTP/1.1 400 Bad Request\r\nContent-Length: 20\r\n\r\nHTTP/1.1 101 x\r\n\r\n\x88\x00"),
    tcp("a", "server", "fin"),
  ],
  "no HTTP": [connect("a"), request("a"), bytes("a", "server", `SSH-2.0\r\n${"garbage ".repeat(30)}`)],
  "a banner before the request": [connect("a"), bytes("a", "server", "220 hello\r\n"), request("a")],
  "a head that never ends": [
    connect("a"),
    request("a"),
    bytes("a", "server", `HTTP/1.1 101 x\r\nA: ${"b".repeat(300)}`),
  ],
  "a request of another dialect": [
    connect("a"),
    request("a", { set: { "Sec-WebSocket-Version": "99" } }),
    accept("a"),
    bytes("a", "server", "\x81\x01x"),
  ],
  "half a frame": [session("a"), bytes("a", "server", "\x01\x7e\x01\x00abc"), tcp("a", "server", "fin")],
  "frames against all rules": [
    open("a"),
    bytes("a", "server", "\xf3\x05hello\x80\x01x\xff\xff\xff\x00\x00\x81\x02\xc0\x80"),
  ],
};

/** The same transcript with the server's bytes cut at these places of their stream. */
function recut(transcript: Transcript, places: readonly number[]): Transcript {
  let offset = 0;
  const entries = transcript.entries.flatMap((entry): Entry[] => {
    if (entry.type !== "bytes" || entry.from !== "server") return [entry];
    const start = offset;
    offset += entry.data.length;
    const inside = places.map((place) => place - start).filter((place) => place > 0 && place < entry.data.length);
    const borders = [0, ...[...new Set(inside)].sort((a, b) => a - b), entry.data.length];
    return borders.slice(1).map((to, index) => ({ ...entry, data: entry.data.subarray(borders[index], to) }));
  });
  return { ...transcript, entries };
}

/** All that a connection shows but where in the transcript it came. */
function facts(view: ConnectionView | undefined): unknown {
  // The tree of a message follows from its bytes.
  const bare = (items: readonly object[]) =>
    items.map((item) => ({ ...item, at: undefined, t: undefined, xml: undefined, netconf: undefined }));
  if (!view) return undefined;
  const { frames, messages, closes, breaches, ends, answer, response, responseMalformed, connected } = view;
  return {
    parts: [frames, messages, closes, breaches, ends].map(bare),
    answer: Buffer.from(answer).toString("latin1"),
    response: response && bare([response]),
    responseMalformed,
    connected,
    head: view.headAt !== undefined,
  };
}

describe.each(dialectNames)("%s", (dialect) => {
  test.each(Object.entries(scripts))("%s reads the same, however it is cut", (_what, lines) => {
    const transcript = transcriptOf(dialect, lines);
    const whole = readConversation(transcript);
    const size = transcript.entries.reduce((sum, one) => sum + (one.type === "bytes" ? one.data.length : 0), 0);
    fc.assert(
      fc.property(fc.array(fc.nat(size), { maxLength: 20 }), (places) => {
        const again = readConversation(recut(transcript, places));
        expect(facts(again.connections.get("a"))).toEqual(facts(whole.connections.get("a")));
      }),
      { numRuns: 8 },
    );
    const bytewise = readConversation(transcriptOf(dialect, cut(1, lines)));
    expect(facts(bytewise.connections.get("a"))).toEqual(facts(whole.connections.get("a")));
  });

  test.each(Object.entries(scripts))("%s is judged the same from a file", (_what, lines) => {
    const transcript = transcriptOf(dialect, lines);
    const { transcript: read } = transcriptFromJsonLines(transcriptToJsonLines(transcript));
    expect(passiveReports(readConversation(read))).toEqual(passiveReports(readConversation(transcript)));
  });

  test("any bytes of any server give a conversation, and the same from a file", () => {
    const pieces = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc
          .constantFrom(
            "HTTP/1.1 101 x\r\n",
            "\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "\0<a/>\xff",
            "\x81\x04<a/>",
            "\x84\x04<a/>",
          )
          .map((one) => Buffer.from(one, "latin1")),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, fc.boolean(), (list, isOpen) => {
        const transcript = transcriptOf(
          dialect,
          isOpen ? session("a") : [connect("a"), request("a")],
          list.map((data) => bytes("a", "server", data)),
          tcp("a", "server", "fin"),
        );
        const reports = passiveReports(readConversation(transcript));
        const { transcript: read } = transcriptFromJsonLines(transcriptToJsonLines(transcript));
        expect(passiveReports(readConversation(read))).toEqual(reports);
      }),
      { numRuns: 40 },
    );
  });

  test("a file that was cut anywhere is read as far as it goes", () => {
    const transcript = transcriptOf(dialect, scripts["a session"] as Line);
    const whole = transcriptToJsonLines(transcript);
    fc.assert(
      fc.property(fc.integer({ min: whole.indexOf("\n") + 1, max: whole.length }), (size) => {
        const { entries } = transcriptFromJsonLines(whole.slice(0, size)).transcript;
        expect(entries).toEqual(transcript.entries.slice(0, entries.length).map(plain));
        expect(() => passiveReports(readConversation({ ...transcript, entries }))).not.toThrow();
      }),
      { numRuns: 25 },
    );
  });

  test("what one segment brought has one place and an order", () => {
    const lines = [
      session("a"),
      rpc("a", "asked"),
      joined(reply("a", "asked"), notification("a", event("t.")), close("a", "server")),
    ];
    const view = readConversation(transcriptOf(dialect, lines)).connections.get("a") as ConnectionView;
    const [answer, event_] = view.messages.slice(-2);
    const [end] = view.closes;
    expect(new Set([answer?.at, event_?.at, end?.at]).size).toBe(1);
    expect(answer?.order).toBeLessThan(event_?.order ?? -1);
    expect(event_?.order).toBeLessThan(end?.order ?? -1);
  });

  test("a request that was held back belongs to the handshake in all its pieces", () => {
    const lines = [
      connect("a"),
      request("a", { hold: 30 }),
      release("a"),
      accept("a"),
      message("a", "client", "<hello/>"),
    ];
    const view = readConversation(transcriptOf(dialect, cut(7, lines))).connections.get("a");
    expect(view?.messages.map(({ from, text: said }) => [from, said])).toEqual([["client", "<hello/>"]]);
  });

  test("half a request is none: nothing of it is read as frames", () => {
    const view = readConversation(transcriptOf(dialect, connect("a"), request("a", { hold: 30 }))).connections.get("a");
    expect(view).toMatchObject({ connected: true, frames: [], breaches: [], answer: new Uint8Array() });
  });
});

/** As it is after a file: bytes are a plain array of bytes, details are JSON. */
function plain(entry: Entry): Entry {
  if (entry.type === "bytes") return { ...entry, data: new Uint8Array(entry.data) };
  return JSON.parse(JSON.stringify(entry)) as Entry;
}

test("a recording without steps is read from its bytes alone", () => {
  const transcript = transcriptOf("rfc6455", session("a"), rpc("a", "asked"), reply("a", "asked"));
  const entries = transcript.entries.filter(({ type }) => type !== "step");
  const view = readConversation({ ...transcript, entries }).connections.get("a");
  expect(view?.response?.value.status).toBe(101);
  expect(view?.messages.map(({ netconf }) => netconf?.kind)).toEqual(["hello", "hello", "rpc", "rpc-reply"]);
  expect(passiveReports(readConversation({ ...transcript, entries })).every(({ outcome }) => outcome === "held")).toBe(
    true,
  );
});

test("connections are told apart", () => {
  const transcript = transcriptOf(
    "hybi-06",
    open("a"),
    connect("b"),
    message("a", "server", "<x/>"),
    bytes("b", "server", "x"),
  );
  const { connections } = readConversation(transcript);
  expect(connections.get("a")?.messages).toHaveLength(1);
  expect(connections.get("b")).toMatchObject({ connected: true, messages: [], answer: Buffer.from("x") });
});

test("a server that talks without end costs memory for its frames alone", () => {
  const chunk = Buffer.alloc(1000, "x");
  const lines = [connect("a"), request("a"), Array.from({ length: 5000 }, () => bytes("a", "server", chunk))];
  const started = performance.now();
  const view = readConversation(transcriptOf("rfc6455", lines)).connections.get("a") as ConnectionView;
  expect(view.answer.length).toBe(64 * 1024);
  expect(view.breaches).toHaveLength(1);
  const refused = [connect("a"), request("a"), bytes("a", "server", "HTTP/1.1 400 x\r\n\r\n"), lines];
  const other = readConversation(transcriptOf("rfc6455", refused)).connections.get("a") as ConnectionView;
  expect(other.answer.length).toBe(18);
  expect(performance.now() - started).toBeLessThan(4000);
});

test("a client whose bytes are no request is read no further", () => {
  const chunk = Buffer.alloc(1000, "x");
  const lines = [connect("a"), Array.from({ length: 3000 }, () => bytes("a", "client", chunk))];
  const started = performance.now();
  expect(readConversation(transcriptOf("rfc6455", lines)).connections.get("a")?.request).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(4000);
});
