import { describe, expect, test } from "vitest";
import { cellId, cellMatcher } from "./cell-id.ts";

test("an id names both ends and the dialect", () => {
  expect(cellId("ws", "chromium", "rfc6455")).toBe("ws×chromium@rfc6455");
  expect(cellId("jetty-7.4.0", "chromium")).toBe("jetty-7.4.0×chromium");
});

describe("a pattern of --cell", () => {
  test.each([
    ["ws×chromium", true],
    ["ws x chromium", true],
    ["ws × chromium@rfc6455", true],
    ["*×chromium", true],
    ["ws×*", true],
    ["w*×chrom*@rfc*", true],
    ["ws×chromium@hybi-06", false],
    ["w×chromium", false],
    ["ws", false],
    ["*", false],
    ["wsXchromium", false],
  ])("%s", (pattern, matches) => expect(cellMatcher(pattern)("ws×chromium@rfc6455")).toBe(matches));

  test("a name that holds an x, a dot or a star's neighbour is taken as it stands", () => {
    expect(cellMatcher("jetty-7.4.0 x nginx")("jetty-7.4.0×nginx@hybi-06")).toBe(true);
    expect(cellMatcher("jetty-7.4.0 x nginx")("jetty-7a4.0×nginx@hybi-06")).toBe(false);
  });
});
