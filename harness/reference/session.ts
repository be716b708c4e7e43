import type { EndReason } from "./base-events.ts";
import { helloMessage, negotiate } from "./hello.ts";
import { capabilitiesWithout, NC } from "./names.ts";
import { findOperation } from "./operations/index.ts";
import type { Device, Outcome, Request } from "./operations/types.ts";
import { anonymousError, replyMessage } from "./reply.ts";
import { attributeError, RpcFailure, rpcErrorElement } from "./rpc-error.ts";
import type { EnginePeer, EngineSession } from "./types.ts";
import { readXml } from "./xml-read.ts";
import { attributeOf, type Element, elements, isNamed } from "./xml-tree.ts";

export interface Session extends EngineSession {
  readonly username: string;
  readonly sourceHost: string;
  /** Ends the session: frees what it holds, closes the transport, reports the end. */
  terminate(end: EndReason, code: number, reason: string): void;
}

/** Close codes (RFC 6455 §7.4.1). */
const NORMAL = 1000;
const POLICY = 1008;

/**
 * One NETCONF session: hello exchange, then requests one by one, each answered before the next is looked
 * at, so replies keep the order of requests (RFC 6241 §4.5).
 * @param ended called once, when the session holds nothing any more and before its end is reported
 */
export function createSession(id: number, peer: EnginePeer, device: Device, ended: () => void): Session {
  const { username, sourceHost } = peer;
  let state: "hello" | "open" | "ended" = "hello";
  let modern = true;

  const send = (message: string): void => {
    if (state !== "ended") peer.send(message);
  };

  const end = (reason: EndReason): boolean => {
    if (state === "ended") return false;
    state = "ended";
    device.notifier.unsubscribe(id);
    releaseLocks(id, device);
    device.commits.sessionEnded({ id, username, sourceHost });
    ended();
    device.baseEvents.sessionEnd({ id, username, sourceHost }, reason);
    return true;
  };

  const terminate = (reason: EndReason, code: number, text: string): void => {
    if (state === "ended") return;
    peer.close(code, text);
    end(reason);
  };

  /** Answers what was no readable rpc, where the base version has a tag for it (RFC 6241 Appendix A). */
  const refuse = (tag: "malformed-message" | "too-big", message: string): void => {
    if (state === "hello") terminate({ reason: "bad-hello" }, POLICY, "no valid hello");
    else if (modern) send(anonymousError({ type: "rpc", tag, message }));
    else terminate({ reason: "other" }, POLICY, "malformed message");
  };

  const greet = (hello: Element): void => {
    const result = negotiate(hello);
    if ("refusal" in result) {
      terminate({ reason: "bad-hello" }, POLICY, result.refusal);
      return;
    }
    modern = result.modern;
    state = "open";
  };

  const answer = (rpc: Element): void => {
    const finish = (): void => terminate({ reason: "closed" }, NORMAL, "");
    const facts = { id, username, sourceHost, modern, send, finish };
    let outcome: Outcome;
    try {
      outcome = perform(rpc, { device, session: facts });
    } catch (error) {
      outcome = { content: failureOf(error).errors.map(rpcErrorElement) };
    }
    send(replyMessage(rpc, outcome.content));
    outcome.after?.();
  };

  device.baseEvents.sessionStart({ id, username, sourceHost });
  send(helloMessage(id, capabilitiesWithout(device.lacking)));
  return {
    id,
    username,
    sourceHost,
    terminate,
    gone: (how) => void end({ reason: how }),
    receive(message) {
      if (state === "ended") return;
      const reading = readXml(message);
      if (!reading.ok) {
        refuse(reading.problem === "limit" ? "too-big" : "malformed-message", reading.message);
        return;
      }
      const { root } = reading;
      if (isNamed(root, NC, "hello")) {
        if (state === "hello") greet(root);
        else terminate({ reason: "other" }, POLICY, "second hello");
      } else if (isNamed(root, NC, "rpc") && state === "open") answer(root);
      else refuse("malformed-message", `The root element ${root.local} is no NETCONF request.`);
    },
  };
}

/** What a session changed in candidate under its lock goes with it (RFC 6241 §8.3.5.2). */
function releaseLocks(id: number, { locks, datastores }: Device): void {
  if (locks.get("candidate") === id) datastores.candidate.discard();
  for (const [name, holder] of [...locks]) if (holder === id) locks.delete(name);
}

/** Checks the rpc element itself, then runs its operation. */
function perform(rpc: Element, context: Pick<Request, "device" | "session">): Outcome {
  if (attributeOf(rpc, "message-id") === undefined)
    throw attributeError("missing-attribute", "message-id", "rpc", "rpc");
  const [operation, second] = elements(rpc);
  const found = operation && second === undefined ? findOperation(operation, context.device.lacking) : undefined;
  if (operation === undefined || found === undefined) {
    const message = second ? "An rpc holds one operation." : `There is no operation ${operation?.local ?? "at all"}.`;
    throw new RpcFailure({ type: "protocol", tag: "operation-not-supported", message });
  }
  const { device, session } = context;
  if (
    device.lacking.has("interleave") &&
    operation.local !== "close-session" &&
    device.notifier.isSubscribed(session.id)
  ) {
    const message = "Nothing else is done while a subscription is active.";
    throw new RpcFailure({ type: "protocol", tag: "resource-denied", message });
  }
  if (!device.access.mayExecute(session.username, operation)) {
    const message = `The user may not use ${operation.local}.`;
    throw new RpcFailure({ type: "protocol", tag: "access-denied", message });
  }
  return found({ ...context, operation, scope: { ...rpc.declarations, ...operation.declarations } });
}

/** A defect of the engine itself must not take other sessions with it. */
function failureOf(error: unknown): RpcFailure {
  if (error instanceof RpcFailure) return error;
  process.stderr.write(`reference engine: ${error instanceof Error ? error.message : String(error)}\n`);
  return new RpcFailure({ type: "application", tag: "operation-failed", message: "The server failed internally." });
}
