/** The opening handshake of a proxied connection, one reader for each direction. */
import { headLength, readHead, statusOf, writeHead } from "./head.ts";
import type { Hooks, Link, Opening } from "./types.ts";

/** Beyond this a header block is none (RFC 9110 sets no limit; peers stop far earlier). */
const MAX_HEAD = 4 * 1024 * 1024;

export interface OpeningReader {
  /** Writes what may go on; returns the bytes behind the handshake once it is over. */
  push(bytes: Uint8Array): Uint8Array | undefined;
  /** The direction ended early: what was held back. */
  rest(): Uint8Array;
}

type Write = (bytes: Uint8Array) => void;

/** @param seen told of the request as it came, once its head and once each piece of key3 is there */
export function requestReader(
  hooks: readonly Hooks[],
  link: Link,
  write: Write,
  seen: (opening: Opening) => void,
): OpeningReader {
  const held = hooks.some((hook) => hook.request !== undefined);
  const tailSize = link.dialect.name === "hybi-00" ? 8 : 0;
  let pending: Uint8Array = new Uint8Array();
  let tail: Uint8Array = new Uint8Array();
  let opening: Opening | undefined;
  let passedOn = true;
  let segments = 0;

  function head(size: number): void {
    const original = readHead(pending.subarray(0, size));
    opening = { head: original, key3: tail, segments };
    seen(opening);
    if (!held) return;
    const changed = structuredClone(original);
    passedOn = hooks.every((hook) => hook.request?.(changed, link) ?? true);
    if (passedOn) write(changed.changed ? writeHead(changed) : pending.subarray(0, size));
  }

  function behind(bytes: Uint8Array): Uint8Array | undefined {
    const part = bytes.subarray(0, tailSize - tail.length);
    if (part.length > 0 && opening !== undefined) {
      tail = Buffer.concat([tail, part]);
      seen({ ...opening, key3: tail });
      if (passedOn) write(part);
    }
    return tail.length === tailSize ? bytes.subarray(part.length) : undefined;
  }

  return {
    push(bytes) {
      if (opening !== undefined) return behind(bytes);
      segments++;
      const before = pending.length;
      pending = Buffer.concat([pending, bytes]);
      const size = headLength(pending);
      if (!held) write(size < 0 ? bytes : bytes.subarray(0, size - before));
      if (size < 0 && pending.length < MAX_HEAD) return undefined;
      if (size < 0) {
        if (held) write(pending);
        opening = { head: readHead(new Uint8Array()), key3: tail, segments };
        return new Uint8Array();
      }
      head(size);
      const rest = behind(pending.subarray(size));
      pending = new Uint8Array();
      return rest === undefined ? undefined : hooks.reduce((left, hook) => hook.coalesced?.(left, link) ?? left, rest);
    },
    rest() {
      if (opening === undefined) return held ? pending : new Uint8Array();
      const whole = hooks.reduce((part, hook) => hook.key3?.(part) ?? part, tail);
      return whole.subarray(tail.length);
    },
  };
}

/** @param upgraded told whether frames follow (status 101), before the first of them */
export function responseReader(
  hooks: readonly Hooks[],
  link: Link,
  write: Write,
  upgraded: (yes: boolean) => void,
): OpeningReader {
  const proofs = hooks.flatMap((hook) => hook.proof ?? []);
  const appendices = hooks.flatMap((hook) => hook.appendix ?? []);
  const together = hooks.some((hook) => hook.holdResponse);
  let pending: Uint8Array = new Uint8Array();
  let heldHead: Uint8Array = new Uint8Array();
  let segments = 0;
  let status: number | undefined;

  function head(size: number): void {
    const original = { ...readHead(pending.subarray(0, size)), segments };
    status = statusOf(original);
    const changed = structuredClone(original);
    const goesOn = hooks.every((hook) => hook.response?.(changed, link) ?? true);
    const bytes = goesOn ? (changed.changed ? writeHead(changed) : pending.subarray(0, size)) : new Uint8Array();
    if (together && status === 101 && link.dialect.name === "hybi-00") heldHead = bytes;
    else write(bytes);
    pending = pending.subarray(size);
  }

  function finish(size: number): Uint8Array {
    const own = pending.subarray(0, size);
    // Only hybi-00 has bytes of a proof behind the header block.
    const proof = size === 0 ? own : proofs.reduce((bytes, hook) => hook(bytes, link), own);
    const extra = appendices.map((hook) => hook(link));
    write(Buffer.concat([heldHead, proof, ...extra]));
    upgraded(true);
    const rest = pending.subarray(size);
    pending = new Uint8Array();
    return rest;
  }

  return {
    push(bytes) {
      pending = Buffer.concat([pending, bytes]);
      if (status === undefined) {
        segments++;
        const size = headLength(pending);
        if (size < 0 && pending.length < MAX_HEAD) return undefined;
        if (size < 0) status = 0;
        else head(size);
      }
      if (status !== 101) {
        upgraded(false);
        const rest = pending;
        pending = new Uint8Array();
        return rest;
      }
      const size = link.dialect.name === "hybi-00" ? 16 : 0;
      return pending.length < size ? undefined : finish(size);
    },
    rest: () => Buffer.concat([heldHead, pending]),
  };
}
