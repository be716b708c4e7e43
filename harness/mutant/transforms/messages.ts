/** Transforms of whole messages, in either direction. */

import type { End } from "../../wire/types.ts";
import { kindOf, replyTag } from "../classify.ts";
import { type MessageSelect, messageSelector, regex } from "../select-message.ts";
import type { Hooks, Link, MessageKind, SeenMessage } from "../types.ts";

type Change = (message: SeenMessage) => readonly SeenMessage[] | undefined;

function onMessages(select: MessageSelect, link: Link, change: Change): Hooks {
  const selector = messageSelector(select, link);
  return {
    messages: { [select.from]: (message: SeenMessage) => (selector.test(message) ? change(message) : undefined) },
    passed: (what) => selector.passed(what),
  };
}

/** The same message with another text: a new frame. */
export function withText(message: SeenMessage, text: string, binary = message.binary): SeenMessage {
  const { bytes, ...rest } = message;
  return { ...rest, text, binary, kind: kindOf(text) };
}

export interface Replacement {
  readonly pattern: string;
  /** `$1` and the like stand for groups. */
  readonly with: string;
  /** All occurrences, not only the first. */
  readonly all?: boolean;
}

/** Changes the text by regular expressions, one after the other. */
export function replaceInMessage(
  params: MessageSelect & { readonly replace: readonly Replacement[] },
  link: Link,
): Hooks {
  const steps = params.replace.map((step) => [regex(step.pattern, step.all ? "g" : ""), step.with] as const);
  return onMessages(params, link, (message) => {
    const text = steps.reduce((before, [pattern, replacement]) => before.replace(pattern, replacement), message.text);
    return text === message.text ? undefined : [withText(message, text)];
  });
}

export function dropMessage(params: MessageSelect, link: Link): Hooks {
  return onMessages(params, link, () => []);
}

/** @param params.times how often the message comes in all, default 2 */
export function repeatMessage(params: MessageSelect & { readonly times?: number }, link: Link): Hooks {
  return onMessages(params, link, (message) => Array.from({ length: params.times ?? 2 }, () => message));
}

/** Sends a text message of its own before or behind (default) one that comes by; `$1` stands for groups of `text`. */
export function insertMessage(
  params: MessageSelect & { readonly place?: "before" | "behind"; readonly message: string },
  link: Link,
): Hooks {
  return onMessages(params, link, (message) => {
    const extra = withText(message, filled(params, message), false);
    return params.place === "before" ? [extra, message] : [message, extra];
  });
}

function filled(params: MessageSelect & { readonly message: string }, anchor: SeenMessage): string {
  const groups = params.text === undefined ? null : regex(params.text).exec(anchor.text);
  return params.message.replace(/\$(\d)/g, (_, digit: string) => groups?.[Number(digit)] ?? "");
}

/**
 * Answers an rpc in the server's place, which never sees it: `reply` is the content of an rpc-reply with the
 * attributes of the rpc. Earlier rpcs get their replies first.
 */
export function answerMessage(
  params: MessageSelect & { readonly reply: string; readonly pass?: boolean },
  link: Link,
): Hooks {
  const hooks = onMessages(params, link, (message) => {
    link.reply(`${replyTag(message.text)}${params.reply}</rpc-reply>`);
    return params.pass ? [message] : [];
  });
  return { ...hooks, replies: true };
}

export interface HoldMessage extends MessageSelect {
  /** Held until the next message of the direction, or until one of this form, of the other end where `from` says so. */
  readonly until?: { readonly from?: End; readonly kind?: MessageKind; readonly text?: string };
  /** Goes on behind (default) or before the message that ends the wait. */
  readonly place?: "before" | "behind";
}

/** Holds messages back until a later one of the same direction; gives them up when the direction closes. */
export function holdMessage(params: HoldMessage, link: Link): Hooks {
  const selector = messageSelector(params, link);
  const until = params.until?.text === undefined ? undefined : regex(params.until.text);
  const signal = params.until?.from ?? params.from;
  const ends = (message: SeenMessage) =>
    message.from === signal &&
    (params.until?.kind === undefined || message.kind === params.until.kind) &&
    (until?.test(message.text) ?? true);
  let held: SeenMessage[] = [];
  const take = () => held.splice(0);
  return {
    messages: {
      [params.from]: (message: SeenMessage) => {
        if (held.length > 0 && ends(message))
          return params.place === "before" ? [...take(), message] : [message, ...take()];
        if (!selector.test(message)) return undefined;
        held = [...held, message];
        return [];
      },
    },
    passed(what) {
      selector.passed(what);
      if (signal === params.from || !what.own || !ends(what.message)) return;
      for (const { text, binary } of take()) link.sendMessage(signal, text, binary);
    },
    release: (from) => (from === params.from ? take() : []),
  };
}

/** Puts a message and the next one of the direction into one. */
export function joinMessages(params: MessageSelect & { readonly separator?: string }, link: Link): Hooks {
  const selector = messageSelector(params, link);
  let first: SeenMessage | undefined;
  const take = () => {
    const message = first;
    first = undefined;
    return message;
  };
  return {
    messages: {
      [params.from]: (message: SeenMessage) => {
        const before = take();
        if (before !== undefined) return [withText(message, `${before.text}${params.separator ?? ""}${message.text}`)];
        if (!selector.test(message)) return undefined;
        first = message;
        return [];
      },
    },
    passed: (what) => selector.passed(what),
    release: (from) => {
      const left = from === params.from ? take() : undefined;
      return left ? [left] : [];
    },
  };
}

/** Puts one message into two, cut before the first match of `at`, or in the middle. */
export function splitMessage(params: MessageSelect & { readonly at?: string }, link: Link): Hooks {
  return onMessages(params, link, (message) => {
    const found = params.at === undefined ? -1 : message.text.search(regex(params.at));
    const cut = found > 0 ? found : Math.ceil(message.text.length / 2);
    return [withText(message, message.text.slice(0, cut)), withText(message, message.text.slice(cut))];
  });
}

/** Sends the message with the other data opcode. */
export function retypeMessage(params: MessageSelect & { readonly binary: boolean }, link: Link): Hooks {
  return onMessages(params, link, (message) => [withText(message, message.text, params.binary)]);
}

/** Links on which a message of the form in `unless` was seen, by transform parameters. */
const marked = new WeakMap<object, WeakSet<Link>>();

/** Sends a copy to the same end of all other connections but those on which a client message matched `unless`. */
export function copyMessage(params: MessageSelect & { readonly unless?: string }, link: Link): Hooks {
  const hooks = onMessages(params, link, (message) => {
    const to = params.from === "server" ? "client" : "server";
    for (const other of link.others()) {
      if (other.upgraded && !marked.get(params)?.has(other)) other.sendMessage(to, message.text, message.binary);
    }
    return undefined;
  });
  const unless = params.unless === undefined ? undefined : regex(params.unless);
  return {
    ...hooks,
    passed(what) {
      hooks.passed?.(what);
      if (!what.own || what.message.from !== "client" || !unless?.test(what.message.text)) return;
      if (!marked.has(params)) marked.set(params, new WeakSet());
      marked.get(params)?.add(link);
    },
  };
}
