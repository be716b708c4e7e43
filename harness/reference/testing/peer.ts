/** A client of the engine for tests: messages out, messages in, no transport. */
import { NC } from "../names.ts";
import type { Engine } from "../types.ts";

export interface Peer {
  readonly id: number;
  /** Everything received, a close as `close CODE REASON`. */
  readonly got: string[];
  /** Sends a message and gives what came at once. */
  say(message: string): string[];
  /** Sends an rpc around `operation` and gives the first thing that came. */
  ask(operation: string): string;
  gone(how: "closed" | "dropped"): void;
}

export function hello(...capabilities: readonly string[]): string {
  const list = capabilities.length > 0 ? capabilities : ["urn:ietf:params:netconf:base:1.1"];
  const items = list.map((uri) => `<capability>${uri}</capability>`).join("");
  return `<hello xmlns="${NC}"><capabilities>${items}</capabilities></hello>`;
}

export function rpc(operation: string, id = "1"): string {
  return `<rpc xmlns="${NC}" message-id="${id}">${operation}</rpc>`;
}

/** Opens a session; `greeting` undefined leaves the hello unsent. */
export function join(engine: Engine, greeting: string | undefined = hello()): Peer {
  const peer = joinSilently(engine);
  if (greeting !== undefined) peer.say(greeting);
  return peer;
}

export function joinSilently(engine: Engine): Peer {
  const got: string[] = [];
  const session = engine.open({
    username: "tester",
    sourceHost: "192.0.2.1",
    send: (message) => void got.push(message),
    close: (code, reason) => void got.push(`close ${code} ${reason}`),
  });
  const say = (message: string): string[] => {
    const before = got.length;
    session.receive(message);
    return got.slice(before);
  };
  return { id: session.id, got, say, ask: (operation) => say(rpc(operation))[0] ?? "", gone: session.gone };
}

export function subscribe(content = ""): string {
  const ns = "urn:ietf:params:xml:ns:netconf:notification:1.0";
  return `<create-subscription xmlns="${ns}">${content}</create-subscription>`;
}

export function emit(token: string, more = ""): string {
  return `<emit xmlns="urn:ncwspec:event"><token>${token}</token>${more}</emit>`;
}

/** Tokens of the suite's events among messages, `replayComplete` and `notificationComplete` by name. */
export function marks(messages: readonly string[]): string[] {
  return messages.flatMap((message) => {
    const found = /<token>([^<]*)<\/token>|<(replayComplete|notificationComplete) /.exec(message);
    return found ? [found[1] ?? found[2] ?? ""] : [];
  });
}

export function eventTimeOf(message: string): string {
  return /<eventTime>([^<]*)/.exec(message)?.[1] ?? "";
}

/** Emits events and gives their eventTimes, as a session saw them. */
export function logged(engine: Engine, ...tokens: readonly string[]): string[] {
  const observer = join(engine);
  observer.ask(subscribe());
  for (const token of tokens) engine.emit({ token });
  observer.gone("closed");
  return observer.got.filter((message) => message.includes("<token>")).map(eventTimeOf);
}
