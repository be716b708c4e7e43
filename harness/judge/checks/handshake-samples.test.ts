/** Every check on the opening handshake: where it holds, where it is broken, where it saw nothing. */
import { expect, test } from "vitest";
import { lacking, reportsOf, rowsOf, type Samples } from "../testing/sample.ts";
import {
  accept,
  bytes,
  connect,
  cut,
  frame,
  joined,
  type Line,
  message,
  open,
  release,
  request,
  step,
  tcp,
} from "../testing/script.ts";
import * as handshake from "./handshake.ts";
import * as response from "./response.ts";

const asked: Line = [connect("a"), request("a")];
const answer = (status: string, ...fields: readonly string[]): Line =>
  bytes("a", "server", `HTTP/1.1 ${status}\r\n${["Content-Length: 0", ...fields].join("\r\n")}\r\n\r\n`);
const ended = tcp("a", "server", "fin");

const samples: Readonly<Record<string, Samples>> = {
  upgraded: {
    holds: {
      "a right answer": { args: { on: "a" }, lines: open("a") },
      "byte for byte": { args: { on: "a" }, lines: [asked, cut(1, accept("a"))] },
      "where another was": { args: { on: "a", given: "b" }, lines: [open("b"), open("a")] },
    },
    broken: {
      "a refusal": {
        args: { on: "a" },
        lines: [asked, answer("400 Bad Request")],
        message: "A legal opening request was not answered with 101",
      },
      "only another connection was": {
        args: { on: "a" },
        lines: [open("b"), asked, ended],
        message: "A legal opening request was not answered with 101",
      },
      silence: {
        args: { on: "a" },
        lines: asked,
        message: "A legal opening request was not answered with 101",
      },
    },
    unseen: {
      "no request": { args: { on: "a" }, lines: connect("a") },
      "no connection": { args: { on: "a" }, lines: tcp("a", "client", "refused") },
      "no connection is upgraded": { args: { on: "a", given: "b" }, lines: [open("a"), connect("b")] },
    },
  },
  refused: {
    holds: {
      "a status": { args: { on: "a" }, lines: [asked, answer("400 Bad Request")] },
      "a status with a body in several segments": {
        args: { on: "a", http: true, status: [400] },
        lines: [
          asked,
          answer("400 Bad Request"),
          bytes("a", "server", "HTTP/1.1 101"),
          bytes("a", "server", "x\r\n\r\n"),
        ],
      },
      "a status of those wanted": { args: { on: "a", status: ["4xx", 503] }, lines: [asked, answer("426 x")] },
      "the end of TCP": { args: { on: "a" }, lines: [asked, ended] },
      "a reset": { args: { on: "a" }, lines: [asked, tcp("a", "server", "reset")] },
    },
    broken: {
      "a 101": {
        args: { on: "a" },
        lines: open("a"),
        message: "An opening request that must be refused was answered with 101",
      },
      "no HTTP": {
        args: { on: "a", http: true },
        lines: [asked, bytes("a", "server", "go away\r\n"), ended],
        message: "The refusal is no HTTP response",
      },
      silence: { args: { on: "a" }, lines: asked, message: "The request was neither answered nor refused" },
      "only our own end": {
        args: { on: "a" },
        lines: [asked, tcp("a", "client", "fin")],
        message: "The request was neither answered nor refused",
      },
      "the wrong status": {
        args: { on: "a", status: [403, "5xx"] },
        lines: [asked, answer("400 Bad Request")],
        message: "The request was refused with another status",
      },
    },
    unseen: { "no request": { args: { on: "a" }, lines: [connect("a"), ended] } },
  },
  "not-upgraded": {
    holds: {
      "a refusal": { args: { on: "a" }, lines: [asked, answer("404 Not Found")] },
      silence: { args: { on: "a" }, lines: asked },
    },
    broken: {
      "a 101": { args: { on: "a" }, lines: open("a"), message: "The server upgraded a connection that it must not" },
    },
    unseen: { "no request": { args: { on: "a" }, lines: connect("a") } },
  },
  field: {
    holds: {
      "one value": { args: { on: "a", name: "x-a", is: "1" }, lines: [asked, answer("400 x", "X-A: 1")] },
      "any case": {
        args: { on: "a", name: "X-A", is: "one", ignoreCase: true },
        lines: [asked, answer("400 x", "x-a: ONE")],
      },
      "one of several": {
        args: { on: "a", name: "X-A", oneOf: ["1", "2"] },
        lines: [asked, answer("400 x", "X-A: 2")],
      },
      "a pattern over joined fields": {
        args: { on: "a", name: "X-A", matches: "(^|, )13($|,)" },
        lines: [asked, answer("400 x", "X-A: 8", "X-A: 13")],
      },
      absent: { args: { on: "a", name: "X-B", absent: true }, lines: [asked, answer("400 x", "X-A: 1")] },
      "another status than the rule binds": {
        args: { on: "a", name: "X-A", is: "1", ifStatus: 426 },
        lines: [asked, answer("400 x")],
      },
      "no response where the rule binds one status": {
        args: { on: "a", name: "X-A", is: "1", ifStatus: 426 },
        lines: [asked, ended],
      },
    },
    broken: {
      missing: {
        args: { on: "a", name: "X-A", is: "1" },
        lines: [asked, answer("400 x")],
        message: "X-A: the field is missing",
      },
      "another value": {
        args: { on: "a", name: "X-A", is: "1" },
        lines: [asked, answer("400 x", "X-A: 2")],
        message: "X-A: the field has another value",
      },
      "none of several": {
        args: { on: "a", name: "X-A", oneOf: ["1", "2"] },
        lines: [asked, answer("400 x", "X-A: 3")],
        message: "X-A: the field has another value",
      },
      "not the pattern": {
        args: { on: "a", name: "X-A", matches: "^\\d$" },
        lines: [asked, answer("400 x", "X-A: 33")],
        message: "X-A: the field has another value",
      },
      "there, but must not": {
        args: { on: "a", name: "X-A", absent: true, ifStatus: 400 },
        lines: [asked, answer("400 x", "X-A: 1")],
        message: "X-A: the field must be absent",
      },
    },
    unseen: {
      "no response": { args: { on: "a", name: "X-A", is: "1" }, lines: [asked, ended] },
      "no answer of any status": { args: { on: "a", name: "X-A", is: "1", ifStatus: 426 }, lines: asked },
    },
  },
  "head-before": {
    holds: {
      "the head before the release": {
        args: { on: "a", label: "rest" },
        dialects: ["hybi-00"],
        lines: [
          connect("a"),
          request("a", { hold: "key3" }),
          bytes("a", "server", "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\n\r\n"),
          release("a", "rest"),
        ],
      },
      "a refusal before the release": {
        args: { on: "a", label: "rest" },
        lines: [connect("a"), request("a", { hold: 40 }), answer("400 Bad Request"), release("a", "rest")],
      },
    },
    broken: {
      "only after it": {
        args: { on: "a", label: "rest" },
        lines: [connect("a"), request("a", { hold: 40 }), release("a", "rest"), accept("a")],
        message: "The head of the response was held back until the rest of the request had come",
      },
      "not at all": {
        args: { on: "a", label: "rest" },
        lines: [connect("a"), request("a", { hold: 40 }), bytes("a", "server", "HTTP/1.1 101"), release("a", "rest")],
        message: "The head of the response was held back until the rest of the request had come",
      },
    },
    unseen: { "no such step": { args: { on: "a", label: "rest" }, lines: open("a") } },
  },
  answered: {
    holds: {
      "a response": { args: { on: "a" }, lines: [asked, answer("500 x")] },
      "the end of TCP": { args: { on: "a" }, lines: [asked, ended] },
    },
    broken: {
      silence: { args: { on: "a" }, lines: asked, message: "The request was neither answered nor refused" },
      "our own end": {
        args: { on: "a" },
        lines: [asked, tcp("a", "client", "reset")],
        message: "The request was neither answered nor refused",
      },
      "half a response": {
        args: { on: "a" },
        lines: [asked, bytes("a", "server", "HTTP/1.1 101 x\r\nUpgr")],
        message: "The request was neither answered nor refused",
      },
    },
    unseen: { "no request": { args: { on: "a" }, lines: connect("a") } },
  },
  "no-field": {
    holds: {
      "none of them": { args: { on: "a", names: ["X-A"] }, lines: open("a") },
      "in a refusal": { args: { on: "a", names: ["X-A"] }, lines: [asked, answer("400 x", "X-A: 1")] },
      "no answer but the end": { args: { on: "a", names: ["X-A"] }, lines: [asked, ended] },
      "in bytes behind the head": {
        args: { on: "a", names: ["X-A"] },
        lines: [asked, joined(accept("a"), message("a", "server", "\r\nX-A: 1\r\n"))],
      },
    },
    broken: {
      "one of them, in any case": {
        args: { on: "a", names: ["X-B", "X-A"] },
        lines: [asked, accept("a", { rawLines: ["x-a: 1"] })],
        message: "The 101 response has a field x-a, which does not belong there",
      },
      "in half a response": {
        args: { on: "a", names: ["X-A"] },
        lines: [asked, bytes("a", "server", "HTTP/1.1 101 x\r\nX-A: 1\r\nUpg")],
        message: "The 101 response has a field X-A, which does not belong there",
      },
    },
    unseen: {
      "no request": { args: { on: "a", names: ["X-A"] }, lines: connect("a") },
      silence: { args: { on: "a", names: ["X-A"] }, lines: asked },
    },
  },
  selected: {
    holds: { "the first": { args: { on: "a", nth: 1 }, lines: open("a") } },
    broken: {
      none: {
        args: { on: "a", nth: 1 },
        lines: [asked, accept("a", { set: { "Sec-WebSocket-Protocol": null } })],
        message: "A supported subprotocol of the offer was not selected",
      },
      "the refusal of the whole": {
        args: { on: "a", nth: 1 },
        lines: [asked, answer("400 x")],
        message: "A request that offers a supported subprotocol was not answered with 101",
      },
    },
    unseen: { "no request": { args: { on: "a", nth: 1 }, lines: connect("a") } },
  },
  kept: {
    holds: {
      "a right answer": { args: { on: "a", rule: "response-upgrade" }, lines: open("a") },
      "another rule broken": {
        args: { on: "a", rule: "response-upgrade" },
        lines: [asked, accept("a", { set: { Connection: null } })],
      },
    },
    broken: {
      "the rule broken": {
        args: { on: "a", rule: "response-upgrade" },
        lines: [asked, accept("a", { set: { Upgrade: null } })],
        message: expect.stringContaining("Upgrade"),
      },
    },
    unseen: { "a refusal": { args: { on: "a", rule: "response-upgrade" }, lines: [asked, answer("400 x")] } },
  },
  "frame-follows": {
    holds: {
      "in the segment of the response": {
        args: { on: "a" },
        lines: [asked, joined(accept("a"), message("a", "server", "x"))],
      },
      "in a later one": { args: { on: "a" }, lines: [open("a"), message("a", "server", "x")] },
    },
    broken: {
      "a blank line too much": {
        args: { on: "a" },
        lines: [open("a"), bytes("a", "server", "\r\n\x81\x01x")],
        dialects: ["rfc6455"],
        message: "The bytes behind the handshake are no frame",
      },
      "a reserved opcode": {
        args: { on: "a" },
        lines: [open("a"), frame("a", "server", { opcode: 11, payload: Buffer.from("x") })],
        dialects: ["rfc6455", "hybi-06"],
        message: "The bytes behind the handshake are no frame",
      },
    },
    unseen: {
      "nothing followed": { args: { on: "a" }, lines: open("a") },
      "a refusal": { args: { on: "a" }, lines: [asked, answer("400 x"), bytes("a", "server", "body")] },
    },
  },
};

test.each(rowsOf(samples))("$title", ({ reports, expected }) => {
  expect(reports()).toEqual([expect.objectContaining(expected)]);
});

test("every check of the handshake has samples of every kind", () =>
  expect(lacking(samples, { ...handshake, ...response })).toEqual([]));

test("a subprotocol that was never offered is the fixture's fault", () => {
  expect(() => reportsOf("selected", { on: "a", nth: 3 }, "rfc6455", open("a"))).toThrow("number 3");
});

test("the head of a refusal stays where it was, whatever body follows", () => {
  const lines = [connect("a"), request("a", { hold: 40 }), answer("400 x"), step("mark", "a", "mark"), answer("200 x")];
  expect(reportsOf("answered", { on: "a" }, "rfc6455", lines)).toMatchObject([{ outcome: "held", at: 4 }]);
});
