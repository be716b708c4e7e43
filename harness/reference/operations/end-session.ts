import { invalidValue, missingElement } from "../rpc-error.ts";
import { OK, parameters, simple } from "./parameters.ts";
import type { Outcome, Request } from "./types.ts";

const MAX_SESSION_ID = 4294967295;

/** `close-session` (RFC 6241 §7.8): ok, then the end. */
export function closeSession({ session, operation }: Request): Outcome {
  parameters(operation);
  return { ...OK, after: session.finish };
}

/** `kill-session` (RFC 6241 §7.9). */
export function killSession({ device, session, operation }: Request): Outcome {
  const parameter = parameters(operation, "session-id")["session-id"];
  if (parameter === undefined) throw missingElement("session-id");
  const text = simple(parameter);
  const id = /^\+?\d{1,10}$/.test(text) ? Number(text) : 0;
  if (id < 1 || id > MAX_SESSION_ID) throw invalidValue("A session-id is a number from 1 to 4294967295.");
  if (id === session.id) throw invalidValue("A session cannot kill itself.");
  if (!device.kill(id, session.id)) throw invalidValue(`There is no session ${id}.`);
  return OK;
}
