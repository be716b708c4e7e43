/** Every check on the binding: where it holds, where it is broken, where it saw nothing. */
import { expect, test } from "vitest";
import { lacking, rowsOf, type Samples } from "../testing/sample.ts";
import { bytes, connect, type Line, open, request, session, tcp } from "../testing/script.ts";
import * as binding from "./binding.ts";

const asked: Line = [connect("a"), request("a")];
const ended = tcp("a", "server", "fin");

const samples: Readonly<Record<string, Samples>> = {
  "no-session": {
    holds: {
      "a refusal": {
        args: { on: "a" },
        lines: [asked, bytes("a", "server", "HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n")],
      },
      "the end of TCP": { args: { on: "a" }, lines: [asked, ended] },
      "the end behind the handshake": { args: { on: "a" }, lines: [open("a"), ended] },
      "no connection": { args: { on: "a", orNoConnection: true }, lines: tcp("a", "client", "refused") },
    },
    broken: {
      "a hello": { args: { on: "a" }, lines: session("a"), message: "A NETCONF session was opened that must not be" },
      "a hello before the end": {
        args: { on: "a" },
        lines: [session("a"), ended],
        message: "A NETCONF session was opened that must not be",
      },
    },
    unseen: {
      "no request": { args: { on: "a" }, lines: connect("a") },
      "no connection, where that does not count": { args: { on: "a" }, lines: tcp("a", "client", "refused") },
      "silence behind the handshake": { args: { on: "a" }, lines: open("a") },
    },
  },
  "no-netconf": {
    holds: {
      "a refusal": {
        args: { on: "a" },
        lines: [asked, bytes("a", "server", "HTTP/1.1 404 x\r\nContent-Length: 2\r\n\r\nno")],
      },
      "the end of TCP": { args: { on: "a" }, lines: [asked, ended] },
    },
    broken: {
      "a hello behind a refusal, in two segments": {
        args: { on: "a" },
        lines: [
          asked,
          bytes("a", "server", "HTTP/1.1 404 x\r\n\r\n<hello xmlns='urn:ietf:params:"),
          bytes("a", "server", "xml:ns:netconf:base:1.0'/>"),
        ],
        message: "NETCONF was sent though the opening handshake did not succeed",
      },
      "a hello before any response": {
        args: { on: "a" },
        lines: [asked, bytes("a", "server", "<hello xmlns='urn:ietf:params:xml:ns:netconf:base:1.0'/>")],
        message: "NETCONF was sent though the opening handshake did not succeed",
      },
    },
    unseen: {
      "no request": { args: { on: "a" }, lines: connect("a") },
      "a handshake": { args: { on: "a" }, lines: open("a") },
      "no answer": { args: { on: "a" }, lines: asked },
    },
  },
};

test.each(rowsOf(samples))("$title", ({ reports, expected }) => {
  expect(reports()).toEqual([expect.objectContaining(expected)]);
});

test("every check of the binding has samples of every kind", () => expect(lacking(samples, binding)).toEqual([]));
