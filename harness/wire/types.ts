/**
 * The vocabulary of the WebSocket wire, common to the three dialects.
 *
 * A dialect is a value of {@link Dialect}. Nothing outside `harness/wire` asks which dialect it
 * holds: whatever differs is a field of this interface or a row of a table behind it.
 * Everything here is pure: bytes in, events out; no sockets, no clocks, no randomness that the
 * caller did not pass in.
 */

export type DialectName = "hybi-00" | "hybi-06" | "rfc6455";

/** An end of a connection, named by its role in the opening handshake. */
export type End = "client" | "server";

/** What an opcode (or hybi-00 type byte) means; `reserved` is every value the dialect leaves undefined. */
export type FrameKind = "continuation" | "text" | "binary" | "close" | "ping" | "pong" | "reserved";

/**
 * How the length is written: literal 7 bits, 16-bit or 64-bit extension, hybi-00 sentinel (ends at FF)
 * or hybi-00 groups of 7 bits.
 */
export type LengthForm = "7" | "16" | "64" | "sentinel" | "groups";

/** A frame that was read. `payload` is clear (unmasked). */
export interface Frame {
  readonly kind: FrameKind;
  /** Opcode 0..15; in hybi-00 the type byte 0..255. */
  readonly opcode: number;
  readonly fin: boolean;
  /** Reserved bits, RSV1 = 4, RSV2 = 2, RSV3 = 1; hybi-06 adds RSV4 = 8. 0 in hybi-00. */
  readonly rsv: number;
  /** Masking key as it stood on the wire, absent when the frame was clear. */
  readonly key?: Uint8Array;
  readonly lengthForm: LengthForm;
  readonly payload: Uint8Array;
  /** Offset of the first byte of the frame in the stream given to the decoder, and its size in bytes. */
  readonly offset: number;
  readonly size: number;
}

/**
 * A frame to be written, legal or not. Give `kind` for a legal opcode or `opcode` for any value.
 * Whatever is left out is what a conforming sender at that end would write: FIN set, reserved bits 0,
 * minimal length, masked exactly where the dialect wants it.
 */
export interface FrameSpec {
  readonly kind?: Exclude<FrameKind, "reserved">;
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  /** `false`: clear, whatever the dialect says. A key of 4 bytes: mask with it. Absent: as the dialect says. */
  readonly mask?: false | Uint8Array;
  readonly lengthForm?: LengthForm;
  /** Length written on the wire when it shall differ from the payload's, 0..2^64-1. */
  readonly declaredLength?: bigint;
  readonly payload?: Uint8Array;
}

/**
 * A rule of a dialect that a decoder or handshake reader can see broken. The dialect maps each to the
 * id of a requirement ({@link Dialect.requirementFor}); a rule that a dialect does not have maps to
 * `undefined` and is then not reported.
 */
export type WireRule =
  // frames
  | "reserved-bits"
  | "reserved-opcode"
  | "mask-required"
  | "mask-forbidden"
  | "length-minimal"
  | "length-top-bit"
  | "control-length"
  | "control-fragmented"
  | "continuation-without-start"
  | "data-inside-message"
  | "text-utf8"
  | "close-body-length"
  | "close-code"
  | "close-reason-utf8"
  | "frame-after-close"
  | "frame-too-large"
  | "truncated-frame"
  // opening handshake, response
  | "response-syntax"
  | "response-status"
  | "response-upgrade"
  | "response-connection"
  | "response-accept"
  | "response-proof"
  | "response-origin"
  | "response-location"
  | "response-subprotocol"
  | "response-extensions"
  | "response-duplicate"
  | "response-body"
  // opening handshake, request
  | "request-syntax"
  | "request-method"
  | "request-http-version"
  | "request-target"
  | "request-host"
  | "request-upgrade"
  | "request-connection"
  | "request-key"
  | "request-version"
  | "request-origin"
  | "request-subprotocol"
  | "request-extensions"
  | "request-duplicate"
  | "request-body";

/** One breach of one rule, seen in bytes of one direction. */
export interface Breach {
  readonly type: "breach";
  readonly rule: WireRule;
  readonly message: string;
  /** Offset in the stream given to the reader. */
  readonly offset: number;
}

export interface FrameEvent {
  readonly type: "frame";
  readonly frame: Frame;
}

/** A whole data message: fragments joined. `data` of a text message may be invalid UTF-8 (a breach says so). */
export interface MessageEvent {
  readonly type: "message";
  readonly kind: "text" | "binary";
  readonly data: Uint8Array;
  readonly frames: number;
  readonly offset: number;
}

/** A close frame. `code` absent: empty body (or hybi-00, which has none). */
export interface CloseEvent {
  readonly type: "close";
  readonly code?: number;
  readonly reason?: string;
  readonly offset: number;
}

export type WireEvent = FrameEvent | MessageEvent | CloseEvent | Breach;

export interface DecoderLimits {
  /** Largest frame payload and largest message in bytes; beyond it `frame-too-large` and the decoder stops. Default 16 MiB. */
  readonly maxPayload?: number;
}

/**
 * Reads frames of one direction. Never throws on input, keeps at most `maxPayload` plus one header in
 * memory, and gives the same events whatever the cuts between pushes.
 */
export interface Decoder {
  push(bytes: Uint8Array): WireEvent[];
  /** The stream ended: reports a frame that was cut. */
  end(): WireEvent[];
  /** True after a breach from which frame borders cannot be found again; later input is counted and dropped. */
  readonly failed: boolean;
  /** Bytes pushed so far. */
  readonly offset: number;
}

/** One header field as it stood: name and value with their spelling, value trimmed of blanks. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** What a client asks for. Everything that is left out is what the dialect prescribes. */
export interface RequestOptions {
  /** host or host:port for the Host field. */
  readonly host: string;
  /** Request target, default `/netconf`. */
  readonly target?: string;
  readonly secure?: boolean;
  readonly origin?: string;
  readonly subprotocols?: readonly string[];
  readonly headers?: readonly HeaderField[];
  /** Source of random bytes; the caller's, so that a seed repeats a run. */
  readonly random: (size: number) => Uint8Array;
  // ---- departures from the dialect, for illegal requests ----
  readonly method?: string;
  readonly httpVersion?: string;
  /** Fields replaced (same name, any case) after the legal ones were made; `null` removes. */
  readonly set?: Readonly<Record<string, string | readonly string[] | null>>;
  /** Raw lines appended to the fields, without CRLF. */
  readonly rawLines?: readonly string[];
  /** Names of fields in the order wanted, or "shuffle"; others follow. */
  readonly order?: readonly string[] | "shuffle";
  /** Spelling of field names. */
  readonly nameCase?: "lower" | "upper" | "mixed";
  /** hybi-00: key values and the 8 bytes behind the blank line, instead of generated ones. */
  readonly key1?: string;
  readonly key2?: string;
  readonly key3?: Uint8Array;
  /** hybi-06, rfc6455: the Sec-WebSocket-Key value. */
  readonly key?: string;
}

/** A request that was built or read: its bytes and the facts an answer is judged by. */
export interface Request {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: readonly HeaderField[];
  /** The dialect its fields announce (wire.md §5 rule 1), if any. */
  readonly dialect?: DialectName;
  readonly host?: string;
  readonly secure: boolean;
  readonly origin?: string;
  readonly subprotocols: readonly string[];
  readonly extensions: readonly string[];
  /** What the server must prove: Accept value (28 characters) or the 16 bytes of hybi-00 in latin1; absent when the request is not fit for one. */
  readonly expectedProof?: string;
  /** Bytes of the request, key3 included. */
  readonly bytes: Uint8Array;
  /** Length of the header block, blank line included: where key3 begins. */
  readonly headLength: number;
}

export interface ResponseOptions {
  readonly subprotocol?: string;
  /** Fields replaced, removed (null) or added, for illegal responses. */
  readonly set?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly status?: number;
  readonly reason?: string;
  readonly proof?: string;
  readonly rawLines?: readonly string[];
}

export interface Response {
  readonly status: number;
  readonly reason: string;
  readonly httpVersion: string;
  readonly headers: readonly HeaderField[];
  readonly subprotocol?: string;
  /** Accept value, or 16 bytes in latin1. */
  readonly proof?: string;
}

/**
 * Reading a handshake from bytes collected so far. `incomplete`: more is needed. `malformed`: it is no
 * HTTP message (or exceeds 64 KiB). `complete`: `consumed` bytes belong to the handshake, frames follow.
 * A response of status other than 101 is complete at the end of its header block.
 */
export type Reading<T> =
  | {
      readonly state: "incomplete";
      /** The header block is there, the hybi-00 tail is not. */
      readonly head?: T;
    }
  | { readonly state: "malformed"; readonly breaches: readonly Breach[] }
  | { readonly state: "complete"; readonly value: T; readonly consumed: number; readonly breaches: readonly Breach[] };

export interface Dialect {
  readonly name: DialectName;
  /** Value of Sec-WebSocket-Version, absent in hybi-00. */
  readonly version?: number;
  /** Frame kinds this dialect can send; hybi-00 has text and close only. */
  readonly kinds: ReadonlySet<FrameKind>;
  /** Close codes that may stand on the wire, by the dialect's own table (dated data in fixtures/vectors/close-codes.yaml for rfc6455). */
  closeCodeLegal(code: number): boolean;
  openingRequest(options: RequestOptions): Request;
  openingResponse(request: Request, options?: ResponseOptions): Uint8Array;
  readRequest(bytes: Uint8Array): Reading<Request>;
  /** @param request the request that was sent, whose proof, origin, location and offers the answer must match */
  readResponse(bytes: Uint8Array, request: Request): Reading<Response>;
  /** @param from the end that sends; decides masking. `random` gives masking keys. */
  encode(frame: FrameSpec, from: End, random: (size: number) => Uint8Array): Uint8Array;
  decoder(from: End, limits?: DecoderLimits): Decoder;
  /** Payload of a close frame; empty in hybi-00. */
  closePayload(code?: number, reason?: string): Uint8Array;
  /** Requirement id that a breach of `rule` by `from` is charged to; undefined: this dialect has no such rule. */
  requirementFor(rule: WireRule, from: End): string | undefined;
}
