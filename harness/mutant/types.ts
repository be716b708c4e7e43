/**
 * A mutant: a conforming peer whose traffic is transformed on its way, so that exactly one rule is broken.
 * The transforms know the two ends of a connection, never which of them is judged: the same ones mutate a
 * server (the suite is the client) and a client (the suite is the server).
 */
import type { Role } from "../judge/types.ts";
import type { Dialect, DialectName, End, Frame, FrameSpec } from "../wire/types.ts";
import type { Head } from "./head.ts";

/** One transform with its parameters, as it stands in a fixture: `{ "drop-frame": { from: "server", kind: "pong" } }`. */
export type TransformSpec = Readonly<Record<string, unknown>>;

export interface Mutant {
  readonly id: string;
  readonly title: string;
  /** The one requirement that is broken. */
  readonly requirement: string;
  readonly role: Role;
  readonly dialects: readonly DialectName[];
  /** Real bug it stands for, as numbered in the field study: `RB-016`. */
  readonly bug?: string;
  /** The conforming peer has to follow this revision of the binding draft. */
  readonly profile?: string;
  /** Globs of the cases that should kill it. */
  readonly cases?: readonly string[];
  readonly transform: readonly TransformSpec[];
}

/** The opening request or response as it came, before any transform. */
export interface Opening {
  readonly head: Head;
  /** hybi-00: the 8 bytes of key3, as far as they have come. */
  readonly key3: Uint8Array;
  /** TCP segments that the header block came in. */
  readonly segments: number;
}

/** A frame on its way. Absent `spec`: it goes on as the bytes it came in. */
export interface SeenFrame {
  readonly from: End;
  readonly frame: Frame;
  readonly bytes: Uint8Array;
  /** TCP segment of its last byte, counted per direction from 0. */
  readonly segment: number;
  /** Offsets in its bytes at which further TCP segments begin. */
  readonly cuts: readonly number[];
  /** It begins in the TCP segment in which the frame before it ended. */
  readonly coalesced: boolean;
  /** A fragmented data message of this direction was open when it came. */
  readonly inside: boolean;
}

/**
 * What a frame hook lets go on: the frame as it came, another one, or bytes. `splice` works on the encoded
 * bytes of the frame, for errors that no frame can express.
 */
export type FrameOut =
  | SeenFrame
  | {
      readonly spec: FrameSpec;
      readonly splice?: { readonly at: number; readonly remove: number; readonly insert: Uint8Array };
    }
  | { readonly raw: Uint8Array };

export type MessageKind = "hello" | "rpc" | "rpc-reply" | "rpc-error" | "notification" | "other";

/** A whole message on its way. `bytes` is gone once a transform changed it; it is then one new frame. */
export interface SeenMessage {
  readonly from: End;
  readonly kind: MessageKind;
  readonly binary: boolean;
  readonly text: string;
  /** The whole text of the rpc that this reply answers. */
  readonly answers?: string;
  /** TCP segment its last byte came in. */
  readonly segment: number;
  readonly bytes?: Uint8Array;
}

/** What passed by, whole and untransformed; `own`: on the connection of the hook that is told. */
export interface Passed {
  readonly message: SeenMessage;
  readonly own: boolean;
}

/**
 * How a connection is ended by a transform: `fin` ends the direction towards that end, `close` both, so that what comes
 * later is reset; a number: with a close frame of that code.
 */
export type Ending = "fin" | "close" | "reset" | number;

/** A proxied connection as transforms see it. */
export interface Link {
  /** 0 for the first connection that this mutant took. */
  readonly index: number;
  readonly dialect: Dialect;
  /** The client came over TLS. */
  readonly secure: boolean;
  /** The handshake is over and frames follow. */
  readonly upgraded: boolean;
  /** Seeded random bytes. */
  readonly random: (size: number) => Uint8Array;
  /** Request as it came; absent until its header block is there. */
  readonly request: Opening | undefined;
  /** Rpcs that were passed on and have no reply yet. */
  readonly pending: number;
  /** That end has sent a close frame. */
  hasClosed(end: End): boolean;
  /** What the connections of this mutant remember of those before them, by whatever key its owner likes. */
  readonly memory: Map<object, Set<number>>;
  /** Other connections of this mutant that are open. */
  others(): Iterable<Link>;
  /** Sends past all transforms. */
  send(to: End, out: FrameOut): void;
  sendMessage(to: End, text: string, binary?: boolean): void;
  /** Sends a reply once the rpcs that were passed on before have theirs, so that replies keep their order. */
  reply(text: string): void;
  /** Ends the connection towards `to` in the place of the other end, which is told to close. */
  end(to: End, how: Ending): void;
}

/**
 * Where a transform takes part; one set a connection. `undefined` from a hook: nothing changed. An empty
 * list: swallowed.
 */
export interface Hooks {
  /** The header block of the opening request or response; may change it in place. `false`: not passed on. */
  request?(head: Head, link: Link): boolean | undefined;
  response?(head: Head, link: Link): boolean | undefined;
  /** The 16 bytes of hybi-00 behind the response's blank line. */
  proof?(bytes: Uint8Array, link: Link): Uint8Array;
  /** Bytes of a direction whose frame borders are lost. */
  undecodable?(bytes: Uint8Array, from: End): Uint8Array;
  /** Bytes that follow the request in the same TCP segment. */
  coalesced?(bytes: Uint8Array, link: Link): Uint8Array;
  /** What becomes of a key3 that TCP's end cut short; the part that came has been passed on already. */
  key3?(part: Uint8Array): Uint8Array;
  /** Bytes put between the handshake and the first frame. */
  appendix?(link: Link): Uint8Array;
  /** Holds the response's header block back until the proof is there. */
  readonly holdResponse?: boolean;
  readonly frames?: Readonly<Partial<Record<End, (seen: SeenFrame, link: Link) => readonly FrameOut[] | undefined>>>;
  readonly messages?: Readonly<
    Partial<Record<End, (seen: SeenMessage, link: Link) => readonly SeenMessage[] | undefined>>
  >;
  /** It sends replies of its own, whose places are between those of the server. */
  readonly replies?: boolean;
  /** The frames of one TCP segment are through. */
  segmentEnd?(from: End, link: Link): readonly FrameOut[];
  /** Messages held back, given up before a close frame or the end of the direction. */
  release?(from: End, link: Link): readonly SeenMessage[];
  /** A message has passed, here or on another connection. */
  passed?(what: Passed): void;
  /** TCP end of one direction; `false`: the other end does not learn of it. */
  ended?(from: End, link: Link, how: "fin" | "reset"): boolean;
}

/** Makes the hooks of one connection. Parameters were validated by the transform's schema. */
// biome-ignore lint/suspicious/noExplicitAny: each transform states the type its schema promises
export type Transform = (params: any, link: Link) => Hooks;
