/** Which dialect a connection speaks that nobody has told of: by its opening request, or by its frames. */

import { readPayload } from "../netconf/index.ts";
import { dialectNames, dialects } from "../wire/index.ts";
import type { DialectName, End, Reading, Request } from "../wire/types.ts";
import type { Entry } from "./types.ts";

export type Recognised = { readonly dialect: DialectName } | { readonly reason: string };

type Sent = Pick<Extract<Entry, { type: "bytes" }>, "from" | "data">;

/** Most bytes of a client that are looked at for its request: as many as a head may have. */
const longestHead = 64 * 1024;

/**
 * The dialect of one connection.
 * @param preferred what it is where neither the request nor the frames say
 * @returns the dialect, or one line on why there is nothing to judge
 */
export function recognise(entries: readonly Entry[], preferred?: DialectName): Recognised {
  const bytes = entries.filter((entry): entry is Extract<Entry, { type: "bytes" }> => entry.type === "bytes");
  const [first] = bytes;
  if (!first) return { reason: "nothing was sent" };
  const isLate = entries[0]?.type === "tcp" && entries[0].event === "lost";
  if (isTls(first.data)) return { reason: "the connection is encrypted (TLS); what it carries cannot be read" };
  if (isLate) return byFrames(bytes, preferred);
  return byRequest(readFirst(bytes), preferred);
}

/** A record of TLS: handshake or application data, version 3.x. */
function isTls(data: Uint8Array): boolean {
  const [type = 0, major] = data;
  return major === 3 && type >= 0x14 && type <= 0x17;
}

function readFirst(bytes: readonly Sent[]): Reading<Request> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const { from, data } of bytes) {
    if (from !== "client") continue;
    parts.push(data);
    size += data.length;
    if (size >= longestHead) break;
  }
  return dialects.rfc6455.readRequest(Buffer.concat(parts));
}

function byRequest(reading: Reading<Request>, preferred: DialectName | undefined): Recognised {
  if (reading.state === "incomplete") return { reason: "the opening request is not complete" };
  if (reading.state === "malformed") return { reason: "what the client sent first is no HTTP request" };
  const { dialect, headers, method, target } = reading.value;
  if (dialect !== undefined) return { dialect };
  const has = (field: string, form: RegExp) =>
    headers.some(({ name, value }) => name.toLowerCase() === field && form.test(value));
  // Every draft with one key has a version; a request that lacks it can only be meant for the RFC.
  if (has("sec-websocket-key", /./) && !has("sec-websocket-version", /./)) return { dialect: preferred ?? "rfc6455" };
  if (!has("upgrade", /websocket/i)) return { reason: `no opening handshake of WebSocket: ${method} ${target}` };
  return preferred === undefined
    ? { reason: "the opening request names no dialect that is known; --dialect says which rules to judge it by" }
    : { dialect: preferred };
}

/** The extension that the server confirmed, as it stands in its response. */
export function confirmedExtension(entries: readonly Entry[]): string | undefined {
  const first = entries.find((entry) => entry.type === "bytes" && entry.from === "server");
  if (first?.type !== "bytes") return undefined;
  const head = Buffer.from(first.data.subarray(0, longestHead)).toString("latin1").split("\r\n\r\n")[0] ?? "";
  return /^HTTP\/1\.1 101.*\nsec-websocket-extensions:[ \t]*([^\s][^\r\n]*)/is.exec(head)?.[1]?.trim();
}

/** The dialect in which the most segments are whole frames that carry NETCONF; then the one with the most whole frames. */
function byFrames(bytes: readonly Sent[], preferred: DialectName | undefined): Recognised {
  if (preferred !== undefined) return { dialect: preferred };
  const [best] = scoresOf(bytes).toSorted((a, b) => b.score - a.score);
  if (best && best.score > 0) return { dialect: best.dialect };
  return { reason: "the capture begins behind the handshake, and its segments are whole frames of no dialect" };
}

/** How well segments read as frames, under the dialect in which they read best; 0: under none. */
export function frameScore(bytes: readonly Sent[]): number {
  return Math.max(...scoresOf(bytes).map(({ score }) => score));
}

/** Segments that are looked at. */
const looked = 500;

function scoresOf(bytes: readonly Sent[]): { readonly dialect: DialectName; readonly score: number }[] {
  return dialectNames.map((dialect) => ({
    dialect,
    score: bytes.slice(0, looked).reduce((sum, { from, data }) => sum + wholeFrames(dialect, from, data), 0),
  }));
}

/** 0: not whole frames; 1: whole frames; 100 for each that is NETCONF. */
function wholeFrames(dialect: DialectName, from: End, data: Uint8Array): number {
  const decoder = dialects[dialect].decoder(from);
  const events = [...decoder.push(data), ...decoder.end()];
  if (events.some(({ type }) => type === "breach") || !events.some(({ type }) => type === "frame")) return 0;
  const messages = events.flatMap((event) => (event.type === "message" ? [readPayload(event.data).netconf] : []));
  return 1 + 100 * messages.filter((netconf) => netconf !== undefined).length;
}
