import { RpcFailure } from "../rpc-error.ts";
import { OK, parameters, requireRunning } from "./parameters.ts";
import type { Outcome, Request } from "./types.ts";

/** `lock` (RFC 6241 §7.5). */
export function lock({ device, session, operation }: Request): Outcome {
  requireRunning(parameters(operation, "target").target, "target");
  if (device.lock.holder !== undefined) {
    throw new RpcFailure({
      type: "protocol",
      tag: "lock-denied",
      message: "The lock on running is held already.",
      info: [["session-id", String(device.lock.holder)]],
    });
  }
  device.lock.holder = session.id;
  return OK;
}

/** `unlock` (RFC 6241 §7.6): only the holder can. */
export function unlock({ device, session, operation }: Request): Outcome {
  requireRunning(parameters(operation, "target").target, "target");
  if (device.lock.holder !== session.id) {
    const message = "This session does not hold the lock on running.";
    throw new RpcFailure({ type: "protocol", tag: "operation-failed", message });
  }
  device.lock.holder = undefined;
  return OK;
}
