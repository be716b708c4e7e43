import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { dialects } from "../wire/index.ts";
import type { WireRule } from "../wire/types.ts";
import type { Opener } from "./client.ts";
import { type Hybi06Endpoint, hybi06Endpoint } from "./hybi-06-endpoint.ts";
import { NO_CACHE } from "./refusal.ts";
import { CLOSE_TIMEOUT, cutAfter, endSocket } from "./transport.ts";

/** Milliseconds for the whole opening handshake. */
const HANDSHAKE_TIMEOUT = 20_000;

/** What a response may have wrong without harm: its reason phrase, or a length that no 101 needs. */
const TOLERATED: ReadonlySet<WireRule> = new Set(["response-syntax", "response-body"]);

/** The client's side of hybi-06. */
export const openHybi06Client: Opener = ({ url, subprotocol }, session) => {
  const codec = dialects["hybi-06"];
  const { hostname, port, host, pathname, search } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port || 80), allowHalfOpen: true });
  const request = codec.openingRequest({
    host,
    target: `${pathname}${search}`,
    subprotocols: subprotocol === "" ? [] : [subprotocol],
    headers: NO_CACHE.map(([name, value]) => ({ name, value })),
    random: randomBytes,
  });
  let head = Buffer.alloc(0);
  let endpoint: Hybi06Endpoint | undefined;
  const timer = setTimeout(() => fail("the response did not come in time"), HANDSHAKE_TIMEOUT);

  function fail(reason: string): void {
    session.ended({ failed: reason });
    socket.destroy();
  }

  function open(rest: Buffer, chosen: string | undefined): void {
    clearTimeout(timer);
    endpoint = hybi06Endpoint({
      socket,
      end: "client",
      onText: (text) => session.receive(text),
      onEnd: ({ how, code }) =>
        session.ended(
          how === "dropped"
            ? { failed: "the server broke a rule of the WebSocket" }
            : { clean: true, ...(code === undefined ? {} : { code }) },
        ),
    });
    session.opened(chosen);
    if (rest.length > 0) endpoint.receive(rest);
  }

  function readResponse(bytes: Buffer): void {
    head = Buffer.concat([head, bytes]);
    const reading = codec.readResponse(head, request);
    if (reading.state === "incomplete") return;
    const breach = reading.breaches.find(({ rule }) => !TOLERATED.has(rule));
    if (breach || reading.state === "malformed") fail(breach?.message ?? "no HTTP response");
    else if (reading.value.status !== 101) fail(`status ${reading.value.status}`);
    else open(head.subarray(reading.consumed), reading.value.subprotocol);
  }

  socket.setNoDelay(true);
  socket.on("connect", () => socket.write(request.bytes));
  socket.on("data", (bytes: Buffer) => (endpoint ? endpoint.receive(bytes) : readResponse(bytes)));
  socket.on("end", () => endSocket(socket));
  socket.on("error", () => {});
  socket.on("close", () => {
    clearTimeout(timer);
    session.ended({ clean: false });
  });
  return {
    send: (text) => endpoint?.sendText(text),
    close(code, reason) {
      if (endpoint) endpoint.close(code, reason);
      else cutAfter(socket, CLOSE_TIMEOUT);
    },
    destroy: () => socket.destroy(),
  };
};
