/** draft-ietf-hybi-thewebsocketprotocol-06. */
import { bitDialect } from "./bit-dialect.ts";
import { hybi06Layout } from "./bit-layout.ts";
import { hybi06Handshake } from "./keyed-request.ts";

export const hybi06 = bitDialect("hybi-06", hybi06Handshake, hybi06Layout);
