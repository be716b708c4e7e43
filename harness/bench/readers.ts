/** Readers of a client's frames that are set side by side: ours, and those of ws and websocket-driver. */
import { randomBytes } from "node:crypto";
import websocketDriver from "websocket-driver";
import * as ws from "ws";
import type { Dialect } from "../wire/types.ts";

/** A new connection: takes bytes, tells `count` of every message, throws on what it finds wrong. */
export type Reader = (count: () => void) => (bytes: Buffer) => void;

/** Our decoder, which checks every rule of the dialect, each breach charged to its requirement. */
export function ownReader(dialect: Dialect): Reader {
  return (count) => {
    const decoder = dialect.decoder("client");
    return (bytes) => {
      for (const event of decoder.push(bytes)) {
        if (event.type === "message") count();
        else if (event.type === "breach") throw new Error(dialect.requirementFor(event.rule, "client") ?? event.rule);
      }
    };
  };
}

/** What ws has behind a connection; its types leave it out. */
const { Receiver } = ws as unknown as { readonly Receiver: new (options: object) => NodeJS.WritableStream };

/** The receiver of ws, with its checks on, in RFC 6455. */
export const wsReader: Reader = (count) => {
  const receiver = new Receiver({ isServer: true, allowSynchronousEvents: true });
  receiver.on("message", count);
  receiver.on("error", (error) => {
    throw error;
  });
  return (bytes) => receiver.write(bytes);
};

/** A driver of websocket-driver behind an opening handshake of the dialect; it frames in RFC 6455 or hybi-00. */
export function driverReader(dialect: Dialect): Reader {
  return (count) => {
    const asked = dialect.openingRequest({ host: "localhost", origin: "http://localhost", random: randomBytes });
    const headers = Object.fromEntries(asked.headers.map(({ name, value }) => [name.toLowerCase(), value]));
    const driver = websocketDriver.http({ method: "GET", url: asked.target, headers }, { maxLength: 2 ** 26 });
    driver.on("message", count);
    driver.on("error", (error: Error) => {
      throw error;
    });
    driver.start();
    driver.parse(asked.bytes.subarray(asked.headLength));
    return (bytes) => driver.parse(bytes);
  };
}
