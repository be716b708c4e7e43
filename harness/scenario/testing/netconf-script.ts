/** Scripts of servers that speak NETCONF as far as a test needs it. */
import { hello, NS } from "../../netconf/index.ts";
import type { ServerSide } from "../../session/testing/scripted-server.ts";
import type { Script } from "./driven.ts";

export const capabilities = ["urn:ietf:params:netconf:base:1.1"];

export const idOf = (rpc: string): string => /message-id="([^"]*)"/.exec(rpc)?.[1] ?? "";
export const okTo = (rpc: string, body = "<ok/>"): string =>
  `<rpc-reply xmlns="${NS.base}" message-id="${idOf(rpc)}">${body}</rpc-reply>`;
export const notification = (content: string, eventTime = "2026-01-01T00:00:00Z"): string =>
  `<notification xmlns="${NS.notification}"><eventTime>${eventTime}</eventTime>${content}</notification>`;

/** The opening handshake and both hellos. */
export async function greet(side: ServerSide, sessionId: number | string | undefined = 7): Promise<void> {
  await side.accept();
  side.text(hello(capabilities, sessionId));
  await side.message();
}

/** Answers every rpc with ok, and close-session with the end; `before` may answer in its place. */
export const serving =
  (before: (rpc: string, side: ServerSide) => boolean | undefined = () => false): Script =>
  async (side, index) => {
    await greet(side, index + 1);
    for (;;) {
      const event = await side.next(({ type }) => type === "message" || type === "close");
      if (event?.type !== "message") break;
      const rpc = Buffer.from(event.data).toString("utf8");
      if (before(rpc, side)) continue;
      side.text(okTo(rpc));
      if (rpc.includes("close-session")) side.frame({ kind: "close" });
    }
    side.socket.end();
  };
