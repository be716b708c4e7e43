/** The body of a close frame as read: code, reason, and what is wrong with them (RFC 6455 §5.5.1, §7.4). */
import { isUtf8 } from "node:buffer";
import { asBuffer } from "./bytes.ts";
import { type CloseCodeRange, closeCodeLegal } from "./close-codes.ts";
import type { Frame, WireRule } from "./types.ts";

export interface CloseBody {
  readonly facts: { readonly code?: number; readonly reason?: string };
  readonly breaches: readonly (readonly [rule: WireRule, message: string])[];
}

/** Reason bytes that are no UTF-8 become U+FFFD. */
export function readCloseBody(frame: Frame, codes: readonly CloseCodeRange[]): CloseBody {
  const payload = asBuffer(frame.payload);
  if (payload.length === 0) return { facts: {}, breaches: [] };
  if (payload.length === 1) return { facts: {}, breaches: [["close-body-length", "a close body of 1 byte"]] };
  const code = payload.readUInt16BE(0);
  const reason = payload.subarray(2);
  const breaches: [WireRule, string][] = [];
  if (!closeCodeLegal(codes, code)) breaches.push(["close-code", `close code ${code} has no place on the wire`]);
  if (!isUtf8(reason)) breaches.push(["close-reason-utf8", "the close reason is not valid UTF-8"]);
  return { facts: { code, reason: reason.toString("utf8") }, breaches };
}
