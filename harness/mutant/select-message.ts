/** Which messages a transform acts on. */
import type { End } from "../wire/types.ts";
import type { Link, MessageKind, Passed, SeenMessage } from "./types.ts";

/** A count over what fits otherwise, 1-based: `nth` only that one, `since` it and all later ones. */
export interface Counted {
  readonly nth?: number;
  readonly since?: number;
  /** Only on this and later connections of the mutant, 1-based. */
  readonly connection?: number;
}

interface Pattern {
  /** `rpc-reply` includes `rpc-error`. */
  readonly kind?: MessageKind;
  /** Regular expressions on the text; blanks and line ends count. */
  readonly text?: string;
  readonly without?: string;
  /** Regular expressions on the rpc that this reply answers. */
  readonly answers?: string;
}

/**
 * Opens when `times` (default 1) messages of that form have passed: on this connection (`own`), on another one
 * meanwhile, or on either. `earlier`: when one has passed on a connection before this one, open or over.
 */
export interface Gate extends Pattern {
  readonly from: End;
  readonly times?: number;
  readonly on?: "own" | "other" | "any" | "earlier";
}

export interface MessageSelect extends Counted, Pattern {
  readonly from: End;
  /** Only messages of more than this many bytes. */
  readonly longer?: number;
  /** Only in the same TCP segment as the message before. */
  readonly sameSegment?: boolean;
  /** Only while at least this many other rpcs wait for their replies. */
  readonly pending?: number;
  /** Only one in so many of those that fit otherwise, drawn with the seed. */
  readonly odds?: number;
  readonly after?: Gate;
  readonly before?: Gate;
}

export interface MessageSelector {
  test(message: SeenMessage): boolean;
  passed(what: Passed): void;
}

/** Compiled expression; a dot matches line ends too. */
export function regex(source: string, flags = ""): RegExp {
  return new RegExp(source, `s${flags}`);
}

function patternTest(pattern: Pattern): (message: SeenMessage) => boolean {
  const { kind } = pattern;
  const text = pattern.text === undefined ? undefined : regex(pattern.text);
  const without = pattern.without === undefined ? undefined : regex(pattern.without);
  const answers = pattern.answers === undefined ? undefined : regex(pattern.answers);
  return (message) =>
    (kind === undefined || kind === message.kind || (kind === "rpc-reply" && message.kind === "rpc-error")) &&
    (text?.test(message.text) ?? true) &&
    !(without?.test(message.text) ?? false) &&
    (answers === undefined || (message.answers !== undefined && answers.test(message.answers)));
}

function gate(params: Gate, link: Link): { isOpen(): boolean; passed(what: Passed): void } {
  const fits = patternTest(params);
  const on = params.on ?? "own";
  const seenOn = link.memory.get(params) ?? new Set<number>();
  link.memory.set(params, seenOn);
  let left = params.times ?? 1;
  return {
    isOpen: () => (on === "earlier" ? [...seenOn].some((index) => index < link.index) : left <= 0),
    passed: ({ message, own }) => {
      if (message.from !== params.from || !fits(message)) return;
      if (own) seenOn.add(link.index);
      if (on === "any" || own === (on === "own")) left--;
    },
  };
}

/** Counts what fits and says which of it counts. */
export function counter(params: Counted, link: Link): () => boolean {
  let count = 0;
  return () => {
    if (link.index + 1 < (params.connection ?? 1)) return false;
    count++;
    if (params.nth !== undefined) return count === params.nth;
    return count >= (params.since ?? 1);
  };
}

function isDrawn(odds: number | undefined, link: Link): boolean {
  if (odds === undefined) return true;
  const [a = 0, b = 0, c = 0] = link.random(3);
  return (a * 0x10000 + b * 0x100 + c) * odds < 0x1000000;
}

/** Selector for messages; has state, so make one a connection. */
export function messageSelector(params: MessageSelect, link: Link): MessageSelector {
  const fits = patternTest(params);
  const after = params.after && gate(params.after, link);
  const before = params.before && gate(params.before, link);
  const counts = counter(params, link);
  let lastSegment = -1;
  return {
    test: (message) => {
      const sameSegment = message.segment === lastSegment;
      lastSegment = message.segment;
      if (message.from !== params.from || !fits(message)) return false;
      if (params.sameSegment !== undefined && params.sameSegment !== sameSegment) return false;
      if (params.longer !== undefined && Buffer.byteLength(message.text) <= params.longer) return false;
      if (link.pending < (params.pending ?? 0)) return false;
      if (after?.isOpen() === false || before?.isOpen() === true) return false;
      return counts() && isDrawn(params.odds, link);
    },
    passed: (what) => {
      after?.passed(what);
      before?.passed(what);
    },
  };
}
