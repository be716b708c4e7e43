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

test("the bugs that shipped come last, and how many are visible and not killed is told", () => {
  const bug = (id: string, role: "server" | "client", state: "killed" | "uncovered" | "unseen", reason?: string) => ({
    ...{ id, role, area: "framing", statement: "It breaks.", state, mutants: [] },
    ...(reason === undefined ? {} : { reason }),
  });
  const bugs = [
    bug("RB-001", "server", "killed"),
    bug("RB-002", "server", "uncovered", "no case"),
    bug("RB-003", "client", "uncovered", "no case"),
    bug("RB-004", "client", "unseen", "not on the wire"),
  ];
  const realBugs = { killed: 1, visible: 3, unseen: 1, survived: 0, uncovered: 2, bugs };
  const text = proveText({ ...results, realBugs }, { color: false, quiet: true, verbose: false });
  expect(text.trimEnd().split("\n").at(-1)).toBe(
    "real bugs: 1 killed / 3 visible / 1 not visible with reason" + " (visible and not killed: 2 without a case)",
  );
});
