import { expect, test } from "vitest";
import type { Entry, Transcript } from "../judge/types.ts";
import { isLong } from "./judging.ts";

const transcript = (entries: readonly Entry[]): Transcript => ({
  case: "rpc/get@rfc6455",
  dialect: "rfc6455",
  role: "server",
  entries,
});
const bytes = (size: number): Entry => ({
  type: "bytes",
  conn: "a",
  from: "server",
  data: new Uint8Array(size),
  t: 0,
});

test.each([
  ["nothing", [], false],
  ["a few messages", [bytes(200), bytes(3000)], false],
  ["a large message", [bytes(200), bytes(1024 * 1024)], true],
  ["a message in very many segments", Array.from({ length: 5000 }, () => bytes(1)), true],
])("a transcript of %s: judged in a thread of its own is %s", (_what, entries, expected) => {
  expect(isLong(transcript(entries))).toBe(expected);
});
