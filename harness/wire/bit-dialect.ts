/** A dialect of the keyed handshake and the bit layout, made of its rows in the tables. */
import { bitDecoder } from "./bit-decoder.ts";
import { type BitLayout, encodeBits } from "./bit-layout.ts";
import { closeBody, closeCodeLegal } from "./close-codes.ts";
import { type KeyedHandshake, keyedRequest, readKeyedRequest } from "./keyed-request.ts";
import { keyedResponse, readKeyedResponse } from "./keyed-response.ts";
import { ruleIds } from "./rules.ts";
import type { Dialect, DialectName } from "./types.ts";

export function bitDialect(name: DialectName, handshake: KeyedHandshake, layout: BitLayout): Dialect {
  return {
    name,
    version: handshake.version,
    kinds: new Set(layout.kinds.filter((kind) => kind !== "reserved")),
    closeCodeLegal: (code) => closeCodeLegal(layout.closeCodes, code),
    openingRequest: (options) => keyedRequest(handshake, options),
    openingResponse: keyedResponse,
    readRequest: (bytes) => readKeyedRequest(handshake, bytes),
    readResponse: (bytes, request) => readKeyedResponse(handshake, bytes, request),
    encode: (frame, from, random) => encodeBits(layout, frame, from, random),
    decoder: (from, limits) => bitDecoder(layout, from, limits),
    closePayload: closeBody,
    requirementFor: (rule, from) => ruleIds[name][rule]?.[from],
  };
}
