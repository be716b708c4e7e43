/** One proxied connection: two sockets, the hooks between them. */
import type { Socket } from "node:net";
import type { Dialect, End } from "../wire/types.ts";
import { kindOf, messageIdOf } from "./classify.ts";
import { type Direction, direction, type Outlet } from "./direction.ts";
import { requestReader, responseReader } from "./opening.ts";
import type { Ending, FrameOut, Hooks, Link, Opening, Passed, SeenMessage } from "./types.ts";

/** An rpc that was passed on and has no reply yet, and what waits for that reply. */
interface Pending {
  readonly id: string | undefined;
  readonly text: string;
  readonly queued: string[];
}

export interface LinkOptions {
  readonly index: number;
  readonly dialect: Dialect;
  readonly random: (size: number) => Uint8Array;
  /** client: the one that opened the connection; server: the one it is passed on to. */
  readonly sockets: Readonly<Record<End, Socket>>;
  readonly links: Set<ProxiedLink>;
  readonly hooks: (link: Link) => readonly Hooks[];
}

/** A link as the proxy sees it. */
export interface ProxiedLink extends Link {
  tell(what: Passed): void;
}

const opposite = (end: End): End => (end === "client" ? "server" : "client");

/** Connects the two sockets. Returns when everything is wired; the sockets' events do the rest. */
export function connectLink(options: LinkOptions): void {
  const { dialect, random, sockets, links } = options;
  const rpcs: Pending[] = [];
  /** Ends that are no longer heard, because a transform ended the connection in the other end's place. */
  const deaf = new Set<End>();
  const finished = new Set<End>();
  const closed = new Set<End>();
  let opening: Opening | undefined;
  let upgraded = false;

  const link: ProxiedLink = {
    index: options.index,
    dialect,
    random,
    get upgraded() {
      return upgraded;
    },
    get pending() {
      return rpcs.length;
    },
    hasClosed: (which) => closed.has(which),
    get request() {
      return opening;
    },
    others: () => [...links].filter((other) => other !== link),
    send: (to, out) => write(to, encode(to, out)),
    sendMessage: (to, text, binary = false) =>
      link.send(to, { spec: { kind: binary ? "binary" : "text", payload: Buffer.from(text) } }),
    reply(text) {
      const last = rpcs.at(-1);
      if (last === undefined) link.sendMessage("client", text);
      else last.queued.push(text);
    },
    end,
    tell(what) {
      for (const hook of hooks) hook.passed?.(what);
    },
  };
  const hooks = options.hooks(link);
  links.add(link);

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
    if (bytes.length === 0 || !socket.writable) return;
    if (socket.write(bytes)) return;
    const source = sockets[opposite(to)];
    source.pause();
    socket.once("drain", () => source.resume());
  }

  function end(to: End, how: Ending): void {
    const other = opposite(to);
    if (typeof how === "number") link.send(to, { spec: { kind: "close", payload: dialect.closePayload(how) } });
    else if (how === "fin") sockets[to].end();
    else sockets[to].resetAndDestroy();
    if (upgraded) link.send(other, { spec: { kind: "close", payload: dialect.closePayload(1000) } });
    deaf.add("client").add("server");
    sockets[other].end();
  }

  function answered(message: SeenMessage): Pending | undefined {
    const id = messageIdOf(message.text);
    const at = rpcs.findIndex((rpc) => rpc.id === id);
    return rpcs.splice(Math.max(at, 0), 1)[0];
  }

  function outlet(from: End): Outlet {
    let waiting: readonly string[] = [];
    return {
      write: (out) => {
        if (!deaf.has(from)) link.send(opposite(from), out);
      },
      writeMessage: (message) => {
        if (deaf.has(from)) return;
        if (message.bytes !== undefined) link.send(opposite(from), { raw: message.bytes });
        else link.sendMessage(opposite(from), message.text, message.binary);
      },
      answered: (message) => {
        if (from !== "server" || !message.kind.startsWith("rpc-")) return undefined;
        const rpc = answered(message);
        waiting = rpc?.queued ?? [];
        return rpc?.text;
      },
      passed: (message, became) => {
        if (from === "client")
          for (const out of became) if (kindOf(out.text) === "rpc") rpcs.push(pending(message, out));
        for (const text of waiting) link.sendMessage("client", text);
        waiting = [];
        for (const other of links) other.tell({ message, own: other === link });
      },
      closeSeen: () => {
        closed.add(from);
        if (deaf.has(from)) sockets[from].end();
      },
    };
  }

  const raw = (from: End): Direction => ({ push: (bytes) => write(opposite(from), bytes), end: () => {} });
  const flows: Record<End, Direction> = {
    client: direction("client", hooks, link, outlet("client")),
    server: direction("server", hooks, link, outlet("server")),
  };
  const openings = {
    client: requestReader(
      hooks,
      link,
      (bytes) => write("server", bytes),
      (seen) => {
        opening = seen;
      },
    ),
    server: responseReader(
      hooks,
      link,
      (bytes) => write("client", bytes),
      (yes) => {
        upgraded = yes;
        if (yes) return;
        flows.client = raw("client");
        flows.server = raw("server");
      },
    ),
  };

  const goesOn = (from: End, how: "fin" | "reset") =>
    hooks.map((hook) => hook.ended?.(from, link, how) ?? true).every((passes) => passes);

  for (const from of ["client", "server"] as const) {
    let flowing = false;
    const to = opposite(from);
    const socket = sockets[from];
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      sockets[to].cork();
      const behind = flowing ? bytes : openings[from].push(bytes);
      if (behind !== undefined) {
        flowing = true;
        if (behind.length > 0) flows[from].push(behind);
      }
      sockets[to].uncork();
    });
    socket.on("end", () => {
      finished.add(from);
      if (!flowing) write(to, openings[from].rest());
      else flows[from].end();
      if (goesOn(from, "fin")) sockets[to].end();
      if (finished.has(to)) socket.end();
    });
    socket.on("error", () => {
      if (goesOn(from, "reset")) sockets[to].resetAndDestroy();
    });
    socket.on("close", () => links.delete(link));
  }
}

/** Known by the text that the other end answers; the selectors see the text as it was sent. */
function pending(message: SeenMessage, out: SeenMessage): Pending {
  return { id: messageIdOf(out.text), text: message.text, queued: [] };
}
