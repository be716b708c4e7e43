/** The transforms by the names that fixtures use; their parameters are described in fixtures/schemas/mutants.schema.json. */
import type { Transform } from "../types.ts";
import { completeFrame, dropUndecodable, endConnection, keepOpen } from "./connection.ts";
import { alterFrame, answerFrame, dropFrame, fragmentFrame, insertFrame, repeatFrame, swapFrame } from "./frames.ts";
import {
  answerMessage,
  copyMessage,
  dropMessage,
  holdMessage,
  insertMessage,
  joinMessages,
  repeatMessage,
  replaceInMessage,
  retypeMessage,
  splitMessage,
} from "./messages.ts";
import { addCoalesced, alterRequest, answerRequest, completeKey3, dropCoalesced } from "./request.ts";
import { alterProof, alterResponse, appendBytes, holdResponse } from "./response.ts";

export const transforms: Readonly<Record<string, Transform>> = {
  // opening handshake
  "alter-request": alterRequest,
  "answer-request": answerRequest,
  "drop-coalesced": dropCoalesced,
  "add-coalesced": addCoalesced,
  "complete-key3": completeKey3,
  "alter-response": alterResponse,
  "alter-proof": alterProof,
  "append-bytes": appendBytes,
  "hold-response": holdResponse,
  // the end of TLS, where tls-front.ts does what they say
  "lend-certificate": () => ({}),
  "accept-plain": () => ({}),
  // frames
  "alter-frame": alterFrame,
  "drop-frame": dropFrame,
  "repeat-frame": repeatFrame,
  "insert-frame": insertFrame,
  "answer-frame": answerFrame,
  "fragment-frame": fragmentFrame,
  "swap-frame": swapFrame,
  // connection
  "end-connection": endConnection,
  "keep-open": keepOpen,
  "drop-undecodable": dropUndecodable,
  "complete-frame": completeFrame,
  // messages
  "replace-in-message": replaceInMessage,
  "drop-message": dropMessage,
  "repeat-message": repeatMessage,
  "insert-message": insertMessage,
  "answer-message": answerMessage,
  "hold-message": holdMessage,
  "join-messages": joinMessages,
  "split-message": splitMessage,
  "retype-message": retypeMessage,
  "copy-message": copyMessage,
};
