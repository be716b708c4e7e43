import { inUse, invalidValue, RpcFailure } from "../rpc-error.ts";
import { OK, parameters, simple } from "./parameters.ts";
import type { Outcome, Request } from "./types.ts";

/** Seconds without a confirm-timeout (RFC 6241 §8.4.5.1). */
const DEFAULT_TIMEOUT = 600;

/** `commit` (RFC 6241 §8.3.4.1, §8.4.5.1). */
export function commit(request: Request): Outcome {
  const { device, session } = request;
  const given = parameters(request.operation, "confirmed", "confirm-timeout", "persist", "persist-id");
  requireFree(request);
  checkOwner(request, given["persist-id"] && simple(given["persist-id"]));
  const seconds = given["confirm-timeout"] ? timeout(simple(given["confirm-timeout"])) : DEFAULT_TIMEOUT;
  const persist = given.persist && simple(given.persist);
  const { running, candidate } = device.datastores;
  const before = running.read();
  const { edits } = candidate;
  if (edits !== undefined) running.write(candidate.read(), edits);
  candidate.discard();
  return {
    ...OK,
    after() {
      if (edits !== undefined && edits.length > 0) device.baseEvents.configChange(session, edits);
      if (given.confirmed) device.commits.hold(session, before, seconds, persist);
      else device.commits.complete(session);
    },
  };
}

/** `discard-changes` (RFC 6241 §8.3.4.2). */
export function discardChanges({ device, session, operation }: Request): Outcome {
  parameters(operation);
  const holder = device.locks.get("candidate");
  if (holder !== undefined && holder !== session.id) throw inUse("candidate");
  device.datastores.candidate.discard();
  return OK;
}

/** `cancel-commit` (RFC 6241 §8.4.4.1). */
export function cancelCommit(request: Request): Outcome {
  const { device, session } = request;
  const given = parameters(request.operation, "persist-id");
  if (device.commits.pending === undefined) {
    const message = "No commit waits to be confirmed.";
    throw new RpcFailure({ type: "protocol", tag: "operation-failed", message });
  }
  checkOwner(request, given["persist-id"] && simple(given["persist-id"]));
  return { ...OK, after: () => device.commits.cancel(session) };
}

/** A confirmed commit is confirmed by its own session, or by whoever knows its `persist`. */
function checkOwner({ device, session }: Request, persistId: string | undefined): void {
  const { pending } = device.commits;
  if (persistId !== undefined && persistId !== pending?.persist) throw invalidValue("There is no such persist-id.");
  if (pending === undefined || persistId !== undefined) return;
  if (pending.persist !== undefined) throw invalidValue("The confirmed commit needs its persist-id.");
  if (pending.session !== session.id) throw inUse("running");
}

function requireFree({ device, session }: Request): void {
  for (const name of ["running", "candidate"] as const) {
    const holder = device.locks.get(name);
    if (holder !== undefined && holder !== session.id) throw inUse(name);
  }
}

function timeout(text: string): number {
  const seconds = /^\+?\d{1,10}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > 4294967295) throw invalidValue("confirm-timeout is a number of seconds from 1.");
  return seconds;
}
