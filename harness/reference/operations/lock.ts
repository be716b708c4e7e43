import { RpcFailure } from "../rpc-error.ts";
import { datastoreNamed, OK, parameters } from "./parameters.ts";
import type { Outcome, Request } from "./types.ts";

/** `lock` (RFC 6241 §7.5). */
export function lock(request: Request): Outcome {
  const { device, session, operation } = request;
  const name = datastoreNamed(request, parameters(operation, "target").target, "target");
  const { pending } = device.commits;
  const waiting = name === "running" && pending?.session !== session.id ? pending?.session : undefined;
  // 0: what stands in the way is no session (RFC 6241 Appendix A).
  const changed = name === "candidate" && device.datastores.candidate.edits !== undefined ? 0 : undefined;
  const holder = device.locks.get(name) ?? waiting ?? changed;
  if (holder !== undefined) {
    const message = `The lock on ${name} cannot be had.`;
    const info = [["session-id", String(holder)]] as const;
    throw new RpcFailure({ type: "protocol", tag: "lock-denied", message, info });
  }
  device.locks.set(name, session.id);
  return OK;
}

/** `unlock` (RFC 6241 §7.6): only the holder can. What was changed in candidate goes with the lock (§8.3.5.2). */
export function unlock(request: Request): Outcome {
  const { device, session, operation } = request;
  const name = datastoreNamed(request, parameters(operation, "target").target, "target");
  if (device.locks.get(name) !== session.id) {
    const message = `This session does not hold the lock on ${name}.`;
    throw new RpcFailure({ type: "protocol", tag: "operation-failed", message });
  }
  if (name === "candidate") device.datastores.candidate.discard();
  device.locks.delete(name);
  return OK;
}
