/** The opening handshake of a live connection, as either end plays it; a part of it may be held back. */
import type { Dialect, Request, RequestOptions, ResponseOptions } from "../wire/types.ts";
import type { Outlet, SendOptions } from "./outlet.ts";
import type { Reader } from "./reader.ts";
import type { Recorder } from "./recorder.ts";

export type AskOptions = Omit<RequestOptions, "random" | "host" | "secure"> & { readonly host?: string };

/** How the request is put on the wire. */
export interface AskSendOptions extends SendOptions {
  /** Only that many bytes now, or, as "key3", only the header block; `release` sends the rest. */
  readonly hold?: number | "key3";
  /** Frames in the same segment. */
  readonly tail?: Uint8Array;
}

/** Departures from the right answer to an opening request, and how it is put on the wire. */
export interface RespondOptions extends ResponseOptions, SendOptions {
  /** These bytes in place of a response. */
  readonly raw?: Uint8Array;
  /** Only so many bytes now, negative ones counted from the end; `release` sends the rest. */
  readonly hold?: number;
  /** Frames in the same segment. */
  readonly tail?: Uint8Array;
}

export interface Handshake {
  sendRequest(options: AskOptions, send?: AskSendOptions): Promise<Request>;
  /** As the server: answers the opening request that came, with 101 or whatever the options make of it. */
  respond(options?: RespondOptions): Promise<void>;
  /** Sends what was held back. */
  release(send?: SendOptions): Promise<void>;
}

export interface HandshakeOptions {
  readonly name: string;
  readonly dialect: Dialect;
  readonly recorder: Recorder;
  readonly random: (size: number) => Uint8Array;
  /** Host and port that the request names. */
  readonly authority: string;
  readonly secure: boolean;
  readonly send: Outlet;
  readonly reader: Reader;
}

export function handshakeOf({ name, dialect, recorder, random, send, reader, ...place }: HandshakeOptions): Handshake {
  let held: Uint8Array = new Uint8Array();
  return {
    async sendRequest(options, { hold, tail, cut } = {}) {
      const built = dialect.openingRequest({ host: place.authority, secure: place.secure, random, ...options });
      reader.asked(built);
      const detail = { request: { ...built, bytes: undefined }, size: built.bytes.length };
      recorder.add({ type: "step", conn: name, step: "request", detail });
      const now = built.bytes.subarray(0, hold === "key3" ? built.headLength : (hold ?? built.bytes.length));
      held = built.bytes.subarray(now.length);
      await send(tail ? Buffer.concat([now, tail]) : now, { cut });
      reader.readEarly();
      return built;
    },
    async respond({ raw, hold, tail, cut, ...options } = {}) {
      if (!reader.request) return;
      const answer = raw ?? dialect.openingResponse(reader.request, options);
      const bytes = tail ? Buffer.concat([answer, tail]) : answer;
      const now = bytes.subarray(0, hold);
      held = bytes.subarray(now.length);
      const sent = send(now, { cut });
      if (held.length === 0) reader.attendFrames();
      await sent;
    },
    async release(options = {}) {
      const rest = held;
      held = new Uint8Array();
      const sent = send(rest, options);
      reader.attendFrames();
      await sent;
    },
  };
}
