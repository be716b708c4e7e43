import { expect, test } from "vitest";
import {
  accept,
  bytes,
  close,
  connect,
  event,
  message,
  notification,
  request,
  session,
  subscribed,
  tcp,
  transcriptOf,
  trigger,
} from "../judge/testing/script.ts";
import { readable } from "./readable.ts";

test("handshake, documents, close and TCP in their order, each with its place", () => {
  const transcript = transcriptOf(
    "rfc6455",
    subscribed("a"),
    trigger("live", { token: "t." }),
    notification("a", event("t.")),
    close("a", "server", 1000, "bye"),
    tcp("a", "server", "fin"),
  );
  const entries = readable(transcript).filter(({ kind }) => kind !== "step");
  expect(entries.map(({ from, head }) => `${from} ${head}`)).toEqual([
    "client TCP connection",
    "client GET /netconf HTTP/1.1",
    "server HTTP/1.1 101 Switching Protocols",
    expect.stringMatching(/^client <hello> text, \d+ bytes$/),
    expect.stringMatching(/^server <hello> text, /),
    expect.stringMatching(/^client <rpc> text, /),
    expect.stringMatching(/^server <rpc-reply> text, /),
    expect.stringMatching(/^server <notification> text, /),
    'server close 1000 "bye"',
    "server TCP FIN",
  ]);
  for (const { at, t } of entries) expect(transcript.entries[at]?.t).toBe(t);
  expect(entries[7]?.body).toContain("\n  <eventTime>");
});

test("what the suite did stands between, in its place", () => {
  const entries = readable(
    transcriptOf("rfc6455", session("a"), trigger("live", { token: "t." }), message("a", "client", "x")),
  );
  expect(entries.slice(-2).map(({ kind, head }) => [kind, head])).toEqual([
    ["step", 'trigger "live"'],
    ["message", "no XML text, 1 byte"],
  ]);
});

test("what is no response is shown as bytes, and a long text is cut", () => {
  const answered = readable(
    transcriptOf("rfc6455", connect("a"), request("a"), bytes("a", "server", "SSH-2.0\r\n\r\n")),
  );
  expect(answered.at(-1)).toMatchObject({ kind: "response", head: "no HTTP response", from: "server" });
  const long = readable(
    transcriptOf("rfc6455", connect("a"), request("a"), accept("a"), message("a", "server", "x".repeat(9000))),
  );
  expect(long.at(-1)?.body).toMatch(/\n… 5000 more characters$/);
});

test("connections are named where there are several", () => {
  const entries = readable(transcriptOf("rfc6455", connect("a"), session("b")));
  expect(entries[0]?.head).toBe("a: TCP connection");
});
