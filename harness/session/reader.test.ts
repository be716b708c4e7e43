import { describe, expect, test } from "vitest";
import { dialects } from "../wire/index.ts";
import type { DialectName, End } from "../wire/types.ts";
import type { Item } from "./item.ts";
import { openReader } from "./reader.ts";

const random = (size: number) => new Uint8Array(size).fill(7);

function reading(name: DialectName, ours: End) {
  const items: Item[] = [];
  const reader = openReader({ dialect: dialects[name], ours, maxPayload: 1024 }, (item) => items.push(item));
  return { reader, items, types: () => items.map(({ type }) => type) };
}

function exchange(name: DialectName) {
  const dialect = dialects[name];
  const asked = { host: "localhost", secure: false, random, path: "/netconf", subprotocols: ["netconf"] };
  const request = dialect.openingRequest(asked);
  const text = { kind: "text", payload: Buffer.from("<hello/>") } as const;
  return {
    request,
    response: dialect.openingResponse(request, {}),
    fromServer: dialect.encode(text, "server", random),
    fromClient: dialect.encode(text, "client", random),
  };
}

describe.each(["hybi-00", "hybi-06", "rfc6455"] as const)("under %s", (name) => {
  const { request, response, fromServer, fromClient } = exchange(name);

  test("the client reads a response and the frame behind it, byte by byte as in one piece", () => {
    const whole = reading(name, "client");
    whole.reader.asked(request);
    whole.reader.push(Buffer.concat([response, fromServer]));
    expect(whole.types()).toEqual(["head", "response", "frame", "message"]);
    const cut = reading(name, "client");
    cut.reader.asked(request);
    for (const byte of Buffer.concat([response, fromServer])) cut.reader.push(Uint8Array.of(byte));
    expect(cut.types()).toEqual(whole.types());
  });

  test("the client reads what came before its request was out, once it is told so", () => {
    const { reader, types } = reading(name, "client");
    reader.push(response);
    expect(types()).toEqual([]);
    reader.asked(request);
    reader.readEarly();
    expect(types()).toEqual(["head", "response"]);
  });

  test("the server reads what the client sent behind its request only when that was answered", () => {
    const { reader, types } = reading(name, "server");
    reader.push(Buffer.concat([request.bytes, fromClient]));
    expect(types()).toEqual(["request"]);
    expect(reader.request?.subprotocols).toEqual(["netconf"]);
    reader.attendFrames();
    expect(types()).toEqual(["request", "frame", "message"]);
  });

  test("behind a response that is none nothing more is read", () => {
    const { reader, types } = reading(name, "client");
    reader.asked(request);
    reader.push(Buffer.from("nonsense\r\n\r\n"));
    reader.push(fromServer);
    expect(types()).toEqual(["malformed"]);
  });

  test("behind a refusal nothing more is read", () => {
    const { reader, types } = reading(name, "client");
    reader.asked(request);
    reader.push(Buffer.from("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
    reader.push(fromServer);
    expect(types()).toEqual(["head", "response"]);
  });
});
