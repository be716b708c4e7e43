/** What comes in, read: the handshake of the other end, then its frames and messages. */
import { readPayload } from "../netconf/index.ts";
import type { Decoder, Dialect, End, Request } from "../wire/types.ts";
import type { Item } from "./item.ts";

export interface ReaderOptions {
  readonly dialect: Dialect;
  /** The end that reads. */
  readonly ours: End;
  /** Largest message read, in bytes. */
  readonly maxPayload: number;
}

export interface Reader {
  /** Ours, or as the server the one that came. */
  readonly request: Request | undefined;
  push(data: Uint8Array): void;
  /** As the client: what was asked, so that the answer can be read. */
  asked(request: Request): void;
  /** Reads what came before the request was out. */
  readEarly(): void;
  /** As the server, once it has answered: from now on the client's bytes are frames, whatever our answer was, so that one that goes on is seen. */
  attendFrames(): void;
}

/** @param post gets each item as it is complete */
export function openReader({ dialect, ours, maxPayload }: ReaderOptions, post: (item: Item) => void): Reader {
  let request: Request | undefined;
  let head = Buffer.alloc(0);
  let headSeen = false;
  let decoder: Decoder | undefined;
  /** The handshake came to an end that no frames follow. */
  let refused = false;

  const readFrames = (data: Uint8Array): void => {
    for (const event of (decoder as Decoder).push(data)) {
      if (event.type === "frame") post({ type: "frame", frame: event.frame });
      else if (event.type === "message") post({ type: "message", ...textAndMessage(event.data) });
      else if (event.type === "close") post({ type: "close", code: event.code });
    }
  };

  const fail = (): void => {
    refused = true;
    post({ type: "malformed" });
  };

  /** What comes behind the request waits until that was answered. */
  const readRequest = (): void => {
    if (request) return;
    const reading = dialect.readRequest(head);
    if (reading.state === "incomplete") return;
    if (reading.state === "malformed") {
      fail();
      return;
    }
    head = head.subarray(reading.consumed);
    request = reading.value;
    post({ type: "request", request });
  };

  const readResponse = (asked: Request): void => {
    const reading = dialect.readResponse(head, asked);
    if (reading.state === "incomplete") {
      if (!reading.head || headSeen) return;
      headSeen = true;
      post({ type: "head", response: reading.head });
      return;
    }
    const rest = head.subarray(reading.state === "complete" ? reading.consumed : 0);
    head = Buffer.alloc(0);
    if (reading.state === "malformed") {
      fail();
      return;
    }
    const response = reading.value;
    if (!headSeen) post({ type: "head", response });
    if (response.status === 101) decoder = dialect.decoder("server", { maxPayload });
    else refused = true;
    post({ type: "response", response });
    if (decoder && rest.length > 0) readFrames(rest);
  };

  const readHandshake = (data: Uint8Array): void => {
    head = Buffer.concat([head, data]);
    if (ours === "server") readRequest();
    else if (request) readResponse(request);
  };

  return {
    get request() {
      return request;
    },
    push(data) {
      if (decoder) readFrames(data);
      else if (!refused) readHandshake(data);
    },
    asked(built) {
      request = built;
    },
    readEarly() {
      if (head.length > 0) readHandshake(Buffer.alloc(0));
    },
    attendFrames() {
      if (decoder || ours === "client") return;
      decoder = dialect.decoder("client", { maxPayload });
      const early = head;
      head = Buffer.alloc(0);
      if (early.length > 0) readFrames(early);
    },
  };
}

function textAndMessage(payload: Uint8Array): Pick<Extract<Item, { type: "message" }>, "text" | "netconf"> {
  const { text, netconf } = readPayload(payload);
  return { text, netconf };
}
