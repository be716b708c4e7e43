import { expect, test } from "vitest";
import type { ProveResults } from "../harness/run/results.ts";
import { proveText } from "./prove.ts";
import sample from "./samples/prove.json" with { type: "json" };

const results = sample as unknown as ProveResults;

test("the matrix, what survived, and what is not proved", () => {
  expect(proveText(results, { color: false, quiet: false, verbose: false })).toBe(`WS-PNG-002
  killed   srv/pong-payload-lost     rfc6455 by framing/rfc6455/ping-echo@rfc6455 and 1 more
WS-CLS-001
  killed   srv/close-not-echoed      rfc6455 by closing/by-client@rfc6455
NTF-RPL-004
  survived srv/replay-complete-twice hybi-06
NC-RPC-002
  charged  srv/message-id-changed    hybi-00 by rpc/echo@hybi-00

Survived (no case found the broken rule)
  srv/replay-complete-twice hybi-06 server  NTF-RPL-004

Killed for another reason (no finding on the mutant's own requirement)
  srv/message-id-changed hybi-00 server  NC-RPC-002; charged: NC-RPC-001

Claimed requirements without a mutant
  NTF-SUB-009

4 mutants: 2 killed, 1 survived, 1 misattributed; 1 claimed requirement without a mutant
`);
});

test("quiet leaves the matrix out", () => {
  expect(proveText(results, { color: false, quiet: true, verbose: false })).toMatch(/^Survived/);
});
