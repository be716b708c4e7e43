/** draft-ietf-hybi-thewebsocketprotocol-00, on the wire the same as hixie-76. */
import { encodeHybi00, hybi00Decoder } from "./hybi-00-codec.ts";
import { hybi00Request, readHybi00Request } from "./hybi-00-request.ts";
import { hybi00Response, readHybi00Response } from "./hybi-00-response.ts";
import { ruleIds } from "./rules.ts";
import type { Dialect, FrameKind } from "./types.ts";

export const hybi00: Dialect = {
  name: "hybi-00",
  kinds: new Set<FrameKind>(["text", "close"]),
  closeCodeLegal: () => false,
  openingRequest: hybi00Request,
  openingResponse: hybi00Response,
  readRequest: readHybi00Request,
  readResponse: readHybi00Response,
  encode: (frame) => encodeHybi00(frame),
  decoder: (_from, limits) => hybi00Decoder(limits),
  closePayload: () => Buffer.alloc(0),
  requirementFor: (rule, from) => ruleIds["hybi-00"][rule]?.[from],
};
