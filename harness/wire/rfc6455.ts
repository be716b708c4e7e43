/** RFC 6455. */
import { bitDialect } from "./bit-dialect.ts";
import { rfc6455Layout } from "./bit-layout.ts";
import { rfc6455Handshake } from "./keyed-request.ts";

export const rfc6455 = bitDialect("rfc6455", rfc6455Handshake, rfc6455Layout);
