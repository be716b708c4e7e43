import { expect, test } from "vitest";
import { caseMatcher } from "./pattern.ts";

const row = "framing/rfc6455/length-form[126-as-64bit]@rfc6455";

test.each([
  [row, true],
  ["framing/rfc6455/length-form", true],
  ["framing/rfc6455/length-form[126-as-64bit]", true],
  ["framing/*", true],
  ["framing/**", true],
  ["*@rfc6455", true],
  ["*/length-form", true],
  ["framing/rfc6455/length-form[127-as-64bit]", false],
  ["framing/rfc6455/length-for", false],
  ["framing/rfc6455/length-for?", true],
  ["*@hybi-06", false],
  ["", false],
])("%s", (pattern, matches) => expect(caseMatcher(pattern)(row)).toBe(matches));
