/** One proxied connection: its two sockets, its hooks, and what it knows of the conversation. */
import type { Socket } from "node:net";
import type { Dialect, End } from "../wire/types.ts";
import { cut } from "./cut.ts";
import type { Outlet } from "./direction.ts";
import { opposite } from "./opposite.ts";
import { rpcQueue } from "./rpc-queue.ts";
import type { Ending, FrameOut, Hooks, Link, Opening, Passed, SeenMessage } from "./types.ts";

export interface LinkOptions {
  readonly index: number;
  readonly dialect: Dialect;
  /** The client came over TLS. */
  readonly secure: boolean;
  readonly random: (size: number) => Uint8Array;
  /** client: the one that opened the connection; server: the one it is passed on to. */
  readonly sockets: Readonly<Record<End, Socket>>;
  /** The links of the mutant that are open. */
  readonly links: Set<ProxiedLink>;
  readonly memory: Map<object, Set<number>>;
  readonly hooks: (link: Link) => readonly Hooks[];
}

/** A link as the proxy sees it. */
export interface ProxiedLink extends Link {
  readonly hooks: readonly Hooks[];
  request: Opening | undefined;
  upgraded: boolean;
  /** Passes bytes as they are. */
  write(to: End, bytes: Uint8Array): void;
  /** Where a direction puts what came out of its hooks. */
  outlet(from: End): Outlet;
  tell(what: Passed): void;
}

export function createLink(options: LinkOptions): ProxiedLink {
  const { index, dialect, secure, random, sockets, links, memory } = options;
  const rpcs = rpcQueue();
  const closed = new Set<End>();
  /** A transform ended the connection: nothing passes any more. */
  let over = false;

  const link = {
    index,
    dialect,
    secure,
    random,
    memory,
    upgraded: false,
    request: undefined as Opening | undefined,
    get pending() {
      return rpcs.size;
    },
    hasClosed: (which: End) => closed.has(which),
    others: () => [...links].filter((other) => other.index !== index),
    write,
    send: (to: End, out: FrameOut) => write(to, encode(to, out)),
    sendMessage: (to: End, text: string, binary = false) =>
      link.send(to, { spec: { kind: binary ? "binary" : "text", payload: Buffer.from(text) } }),
    reply(text: string) {
      if (!rpcs.append(text)) link.sendMessage("client", text);
    },
    end,
    outlet,
    tell(what: Passed) {
      for (const hook of hooks) hook.passed?.(what);
    },
  };

  function encode(to: End, out: FrameOut): Uint8Array {
    if ("raw" in out) return out.raw;
    if ("bytes" in out) return out.bytes;
    const bytes = dialect.encode(out.spec, opposite(to), random);
    if (out.splice === undefined) return bytes;
    const { at, remove, insert } = out.splice;
    return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
  }

  function write(to: End, bytes: Uint8Array): void {
    const socket = sockets[to];
    if (bytes.length === 0 || !socket.writable || socket.write(bytes)) return;
    const source = sockets[opposite(to)];
    if (source.isPaused()) return;
    source.pause();
    socket.once("drain", () => source.resume());
  }

  function end(to: End, how: Ending): void {
    const other = opposite(to);
    const close = (code: number): FrameOut => ({ spec: { kind: "close", payload: dialect.closePayload(code) } });
    if (typeof how === "number") link.send(to, close(how));
    else if (how === "fin") sockets[to].end();
    else if (how === "close") sockets[to].destroySoon();
    else cut(sockets[to]);
    if (link.upgraded) link.send(other, close(1000));
    over = true;
    sockets[other].end();
  }

  function outlet(from: End): Outlet {
    const to = opposite(from);
    let queued: readonly string[] = [];
    return {
      write: (out) => {
        if (!over) link.send(to, out);
      },
      writeMessage: (message) => {
        if (over) return;
        if (message.bytes !== undefined) write(to, message.bytes);
        else link.sendMessage(to, message.text, message.binary);
      },
      answered: (message) => {
        if (from !== "server" || !message.kind.startsWith("rpc-")) return undefined;
        const rpc = rpcs.take(message);
        queued = rpc?.queued ?? [];
        return rpc?.text;
      },
      passed: (message: SeenMessage, became) => {
        if (from === "client") rpcs.add(message, became);
        for (const text of queued) link.sendMessage("client", text);
        queued = [];
        for (const other of links) other.tell({ message, own: other.index === index });
      },
      closeSeen: () => {
        closed.add(from);
        if (over) sockets[from].end();
      },
    };
  }

  const hooks = options.hooks(link);
  return Object.assign(link, { hooks });
}
