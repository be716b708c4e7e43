import { createHash, randomBytes, randomInt } from "node:crypto";

/** The opening handshake of hybi-00 as its client has it (4.1), by hand: no library plays that end. */
export interface Hybi00Request {
  readonly bytes: Buffer;
  /** What the response has to say (4.1 items 35 to 46). */
  readonly origin: string;
  readonly location: string;
  readonly subprotocol: string;
  /** The 16 bytes behind the fields of the response. */
  readonly answer: Buffer;
}

const LARGEST = 0xffffffff;
const PROOF = 16;
const MAX_HEAD = 16 * 1024;

interface Key {
  readonly text: string;
  readonly number: number;
}

/** 4.1 items 16 to 23. */
function makeKey(): Key {
  const spaces = randomInt(1, 13);
  const number = randomInt(0, Math.floor(LARGEST / spaces) + 1);
  const characters = [...String(number * spaces)];
  const insert = (character: string, from: number, to: number) =>
    characters.splice(randomInt(from, to + 1), 0, character);
  for (let left = randomInt(1, 13); left > 0; left--) insert(strewn(), 0, characters.length);
  for (let left = spaces; left > 0; left--) insert(" ", 1, characters.length - 1);
  return { text: characters.join(""), number };
}

/** A character of 21 to 2F or 3A to 7E. */
function strewn(): string {
  const place = randomInt(0, 15 + 69);
  return String.fromCharCode(place < 15 ? 0x21 + place : 0x3a + place - 15);
}

/** @param url ws URL without fragment */
export function makeHybi00Request(url: URL, subprotocol: string, extra: readonly (readonly [string, string])[]) {
  const resource = `${url.pathname}${url.search}`;
  const origin = `http://${url.host}`;
  const [key1, key2] = [makeKey(), makeKey()];
  const key3 = randomBytes(8);
  const fields = [
    ["Upgrade", "WebSocket"],
    ["Connection", "Upgrade"],
    ["Host", url.host],
    ["Origin", origin],
    ...(subprotocol === "" ? [] : [["Sec-WebSocket-Protocol", subprotocol]]),
    ["Sec-WebSocket-Key1", key1.text],
    ["Sec-WebSocket-Key2", key2.text],
    ...extra,
  ];
  const lines = shuffled(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `GET ${resource} HTTP/1.1\r\n${lines.join("")}\r\n`;
  const request: Hybi00Request = {
    bytes: Buffer.concat([Buffer.from(head, "latin1"), key3]),
    origin,
    location: `ws://${url.host}${resource}`,
    subprotocol,
    answer: answerOf(key1.number, key2.number, key3),
  };
  return request;
}

function answerOf(first: number, second: number, key3: Buffer): Buffer {
  const challenge = Buffer.alloc(8);
  challenge.writeUInt32BE(first, 0);
  challenge.writeUInt32BE(second, 4);
  return createHash("md5").update(challenge).update(key3).digest();
}

/** 4.1 item 9: the fields come in random order. */
function shuffled<T>(list: readonly T[]): T[] {
  const rest = [...list];
  return list.flatMap(() => rest.splice(randomInt(0, rest.length), 1));
}

export type Hybi00Response =
  | { readonly state: "incomplete" }
  | { readonly state: "failed"; readonly reason: string }
  | { readonly state: "open"; readonly subprotocol: string | undefined; readonly rest: Buffer };

/** Reads the response, as far as it has come (4.1 items 28 to 46). */
export function readHybi00Response(bytes: Buffer, request: Hybi00Request): Hybi00Response {
  const end = bytes.indexOf("\r\n\r\n");
  const text = bytes.subarray(0, end < 0 ? MAX_HEAD : end + 2).toString("latin1");
  const lines = text.split("\r\n");
  if (/\r(?!\n|$)|(?<!\r)\n/.test(text)) return failed("a bare CR or LF");
  if (lines.length > 1 && !/^[^ ]* [0-9]{3} /.test(lines[0] ?? "")) return failed("no status line");
  if (lines.length > 1 && !/^[^ ]* 101 /.test(lines[0] ?? "")) return failed(`status line ${lines[0] ?? ""}`);
  if (end < 0) return bytes.length > MAX_HEAD ? failed("the response is too long") : { state: "incomplete" };
  const fields = lines.slice(1, -1).map(fieldOf);
  const problem = fieldProblem(fields, request);
  if (problem !== undefined) return failed(problem);
  const proof = bytes.subarray(end + 4, end + 4 + PROOF);
  if (proof.length < PROOF) return { state: "incomplete" };
  if (!proof.equals(request.answer)) return failed("a wrong answer to the challenge");
  const subprotocol = fields.find(({ name }) => name === "sec-websocket-protocol")?.value;
  return { state: "open", subprotocol, rest: bytes.subarray(end + 4 + PROOF) };
}

const failed = (reason: string): Hybi00Response => ({ state: "failed", reason });

interface Field {
  /** In lower case; "" where there is none. */
  readonly name: string;
  /** One space behind the colon skipped, no more (4.1 item 36). */
  readonly value: string;
}

function fieldOf(line: string): Field {
  const colon = line.indexOf(":");
  if (colon < 0) return { name: "", value: line };
  return { name: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 1).replace(/^ /, "") };
}

function fieldProblem(fields: readonly Field[], request: Hybi00Request): string | undefined {
  if (fields.some(({ name }) => name === "")) return "a field without a name";
  const lower = (value: string) => value.toLowerCase();
  const same = (value: string) => value;
  const wanted: readonly (readonly [string, string, (value: string) => string])[] = [
    ["upgrade", "WebSocket", same],
    ["connection", "upgrade", lower],
    ["sec-websocket-origin", request.origin, same],
    ["sec-websocket-location", request.location, same],
    ...(request.subprotocol === "" ? [] : [["sec-websocket-protocol", request.subprotocol, same] as const]),
  ];
  const odd = wanted.find(([name, value, fold]) => {
    const found = fields.filter((field) => field.name === name);
    return found.length !== 1 || fold(found[0]?.value ?? "") !== value;
  });
  return odd && `${odd[0]} is missing, repeated or not ${odd[1]}`;
}
