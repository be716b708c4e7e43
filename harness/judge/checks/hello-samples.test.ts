/** Every check on hellos: where it holds, where it is broken, where it saw nothing. */
import { expect, test } from "vitest";
import { hello } from "../../netconf/index.ts";
import { lacking, rowsOf, type Samples } from "../testing/sample.ts";
import { connect, type Line, message, open, session, step } from "../testing/script.ts";
import * as hellos from "./hello.ts";

const theirs: Line = message("a", "server", hello(["urn:x"], 7));
const ours: Line = [step("hello", "a"), message("a", "client", hello(["urn:x"]))];

const samples: Readonly<Record<string, Samples>> = {
  unprompted: {
    holds: {
      "theirs first": { args: { on: "a" }, lines: [open("a"), theirs, ours] },
      "only theirs": { args: { on: "a" }, lines: [open("a"), theirs] },
    },
    broken: {
      "theirs behind ours": {
        args: { on: "a" },
        lines: session("a"),
        message: "The peer did not send its hello unprompted",
      },
      "only ours": {
        args: { on: "a" },
        lines: [open("a"), ours],
        message: "The peer did not send its hello unprompted",
      },
    },
    unseen: { "no request": { args: { on: "a" }, lines: connect("a") } },
  },
};

test.each(rowsOf(samples))("$title", ({ reports, expected }) => {
  expect(reports()).toEqual([expect.objectContaining(expected)]);
});

test("every check on hellos has samples of every kind", () => expect(lacking(samples, hellos)).toEqual([]));
