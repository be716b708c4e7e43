import { expect, test } from "vitest";
import { readXml } from "./xml-read.ts";

const ofLength = (length: number) => `<rpc>${"x".repeat(length - "<rpc></rpc>".length)}</rpc>`;

test("a message that was read before gives the same tree, right or wrong", () => {
  for (const message of [ofLength(100), "<rpc>"]) expect(readXml(message)).toBe(readXml(message));
});

test("long messages are read anew", () => {
  expect(readXml(ofLength(4096))).not.toBe(readXml(ofLength(4096)));
  expect(readXml(ofLength(4096))).toEqual(readXml(ofLength(4096)));
});
