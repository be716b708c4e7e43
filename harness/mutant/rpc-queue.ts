/** The rpcs that were passed on and have no reply yet, in order. */
import { kindOf, messageIdOf } from "./classify.ts";
import type { SeenMessage } from "./types.ts";

export interface PendingRpc {
  readonly id: string | undefined;
  /** As the client sent it, whatever a transform made of it. */
  readonly text: string;
  /** Replies of the mutant's own that come behind the reply to this one. */
  readonly queued: string[];
}

export interface RpcQueue {
  readonly size: number;
  /** @param became what the server will see of the message */
  add(message: SeenMessage, became: readonly SeenMessage[]): void;
  /** Takes out the rpc that a reply answers: by message-id, else the oldest. */
  take(reply: SeenMessage): PendingRpc | undefined;
  /** Queues a reply behind the last rpc; false when none is pending. */
  append(reply: string): boolean;
}

export function rpcQueue(): RpcQueue {
  const rpcs: PendingRpc[] = [];
  return {
    get size() {
      return rpcs.length;
    },
    add(message, became) {
      for (const out of became) {
        if (kindOf(out.text) === "rpc") rpcs.push({ id: messageIdOf(out.text), text: message.text, queued: [] });
      }
    },
    take(reply) {
      const id = messageIdOf(reply.text);
      const at = rpcs.findIndex((rpc) => rpc.id === id);
      return rpcs.splice(Math.max(at, 0), 1)[0];
    },
    append(reply) {
      rpcs.at(-1)?.queued.push(reply);
      return rpcs.length > 0;
    },
  };
}
