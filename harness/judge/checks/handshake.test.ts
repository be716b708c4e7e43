import { describe, expect, test } from "vitest";
import { dialects } from "../../wire/index.ts";
import type { DialectName, RequestOptions, ResponseOptions } from "../../wire/types.ts";
import type { Check, Report } from "../check-types.ts";
import { readConversation } from "../conversation.ts";
import type { Entry } from "../types.ts";
import { checks } from "./index.ts";

interface Exchange {
  readonly dialect?: DialectName;
  readonly request?: Partial<RequestOptions>;
  readonly response?: ResponseOptions;
  /** The answer's bytes themselves. */
  readonly answer?: string;
  /** Bytes behind the answer, in hexadecimal. */
  readonly behind?: string;
  readonly end?: boolean;
}

const random = (size: number) => Buffer.alloc(size, 7);

function outcome(name: string, args: Record<string, unknown>, exchange: Exchange): Report["outcome"] {
  const { dialect: dialectName = "rfc6455", behind = "", answer } = exchange;
  const dialect = dialects[dialectName];
  const request = dialect.openingRequest({ host: "a.example", subprotocols: ["netconf"], random, ...exchange.request });
  const { bytes, ...facts } = request;
  const data = answer === undefined ? dialect.openingResponse(request, exchange.response) : Buffer.from(answer);
  const about = { t: 0, conn: "a" } as const;
  const entries: Entry[] = [
    { type: "tcp", ...about, from: "client", event: "open" },
    { type: "step", ...about, step: "request", detail: { request: facts, size: bytes.length } },
    { type: "bytes", ...about, from: "client", data: bytes },
    { type: "bytes", ...about, from: "server", data: Buffer.concat([data, Buffer.from(behind, "hex")]) },
    ...(exchange.end ? [{ type: "tcp", ...about, from: "server", event: "fin" } as const] : []),
  ];
  const conversation = readConversation({ case: "c", dialect: dialectName, role: "server", entries });
  const report = (checks[name] as Check)({ on: "a", ...args }, { conversation, requirement: "R" });
  return (report as Report).outcome;
}

const refusal = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

describe.each([
  ["answered", {}, { answer: refusal }, "held"],
  ["answered", {}, { answer: "", end: true }, "held"],
  ["answered", {}, { answer: "HTTP/1.1 101 x\r\n" }, "broken"],
  ["no-field", { names: ["X-A"] }, {}, "held"],
  ["no-field", { names: ["x-a"] }, { response: { set: { "X-A": "1" } } }, "broken"],
  ["no-field", { names: ["X-A"] }, { answer: "HTTP/1.1 400 x\r\nX-A: 1\r\n\r\n" }, "held"],
  ["no-field", { names: ["X-A"] }, { dialect: "hybi-00", answer: "HTTP/1.1 101 x\r\nX-A: 1\r\n\r\n" }, "broken"],
  ["selected", { nth: 1 }, {}, "held"],
  ["selected", { nth: 1 }, { response: { set: { "Sec-WebSocket-Protocol": null } } }, "broken"],
  ["selected", { nth: 1 }, { answer: refusal }, "broken"],
  ["kept", { rule: "response-accept" }, {}, "held"],
  ["kept", { rule: "response-accept" }, { response: { proof: "no" } }, "broken"],
  ["kept", { rule: "response-accept" }, { answer: refusal }, "unseen"],
  ["frame-follows", {}, { behind: "810161" }, "held"],
  ["frame-follows", {}, { behind: "300d0a0d0a" }, "broken"],
  ["frame-follows", {}, {}, "unseen"],
  ["frame-follows", {}, { dialect: "hybi-00", behind: "0d0a0061ff" }, "broken"],
  ["field", { name: "Upgrade", is: "x", ifStatus: 426 }, { answer: refusal }, "held"],
  ["field", { name: "Upgrade", is: "x", ifStatus: 400 }, { answer: refusal }, "broken"],
  ["upgraded", { given: "b" }, { answer: refusal }, "unseen"],
] as const)("%s %j", (name, args, exchange, expected) => {
  test(`is ${expected} by ${JSON.stringify(exchange)}`, () => {
    expect(outcome(name, args, exchange as Exchange)).toBe(expected);
  });
});

test("an answer in the dialect that the request announces is not judged by another", () => {
  const set = { "Sec-WebSocket-Version": null, "Sec-WebSocket-Key1": "1 0", "Sec-WebSocket-Key2": "2 0" };
  const exchange: Exchange = {
    dialect: "hybi-06",
    request: { set },
    answer: "HTTP/1.1 101 x\r\nUpgrade: WebSocket\r\n\r\n",
  };
  expect(outcome("kept", { rule: "response-accept" }, exchange)).toBe("held");
});
