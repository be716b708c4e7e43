/**
 * Close codes that may stand on the wire. The rows for RFC 6455 are the typed copy of
 * fixtures/vectors/close-codes.yaml, which carries their sources and date; a test holds the two together.
 */

export interface CloseCodeRange {
  readonly first: number;
  readonly last: number;
  readonly legal: boolean;
}

/** RFC 6455 §7.4 with the codes registered since. */
export const rfc6455CloseCodes: readonly CloseCodeRange[] = [
  { first: 0, last: 999, legal: false },
  { first: 1000, last: 1003, legal: true },
  { first: 1004, last: 1006, legal: false },
  { first: 1007, last: 1014, legal: true },
  { first: 1015, last: 2999, legal: false },
  { first: 3000, last: 4999, legal: true },
  { first: 5000, last: 65535, legal: false },
];

/** hybi-06 §7.4 defines five codes; whether others may be sent is not settled, so nobody is charged for one. */
export const hybi06CloseCodes: readonly CloseCodeRange[] = [
  { first: 0, last: 999, legal: false },
  { first: 1000, last: 1004, legal: true },
  { first: 1005, last: 65535, legal: false },
];

export function closeCodeLegal(ranges: readonly CloseCodeRange[], code: number): boolean {
  return ranges.some(({ first, last, legal }) => legal && code >= first && code <= last);
}

/**
 * Body of a close frame: two bytes of code and the reason in UTF-8; empty without a code.
 * Codes and reasons are not checked, so that illegal ones can be sent. Codes 0..65535.
 */
export function closeBody(code?: number, reason = ""): Uint8Array {
  if (code === undefined) return Buffer.alloc(0);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason, "utf8")]);
}
