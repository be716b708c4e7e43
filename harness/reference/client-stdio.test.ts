import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { serveClientStdio } from "./client-stdio.ts";

const NC = "urn:ietf:params:xml:ns:netconf:base:1.0";
const capabilities = `<capabilities><capability>urn:ietf:params:netconf:base:1.0</capability><capability>urn:ietf:params:netconf:capability:notification:1.0</capability></capabilities>`;
const hello = `<hello xmlns="${NC}">${capabilities}<session-id>7</session-id></hello>`;
const ok = (id: string) => `<rpc-reply xmlns="${NC}" message-id="${id}"><ok/></rpc-reply>`;
const task = { case: "a/b@rfc6455", dialect: "rfc6455", url: "ws://127.0.0.1:1/netconf", subprotocol: "netconf" };

async function run(...lines: readonly unknown[]): Promise<Record<string, unknown>[]> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const served = serveClientStdio(input, output);
  for (const line of lines) input.write(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
  input.end();
  await served;
  output.end();
  const written = Buffer.concat(await output.toArray()).toString();
  return written
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("a task: its connection is ordered, its messages go both ways, its reports name the case", async () => {
  const got = await run(
    { task },
    { opened: "1", subprotocol: "netconf" },
    { id: "1", message: hello },
    { id: "1", message: ok("1") },
    { close: true, case: task.case },
    { id: "1", message: ok("2") },
    { ended: "1", code: 1000, clean: true },
    { end: true, case: task.case },
  );
  expect(got).toEqual([
    { ready: true, control: expect.any(Array), reports: expect.any(Array), reuse: true },
    { open: "1", url: task.url, subprotocol: "netconf" },
    { report: "open", subprotocol: "netconf", case: task.case },
    { id: "1", message: expect.stringContaining("<hello") },
    { report: "hello", capabilities: expect.any(Array), sessionId: "7", case: task.case },
    { id: "1", message: expect.stringContaining("<create-subscription") },
    { report: "reply", messageId: "1", ok: true, case: task.case },
    { id: "1", message: expect.stringContaining("<close-session") },
    { report: "reply", messageId: "2", ok: true, case: task.case },
    { report: "closed", code: 1000, clean: true, case: task.case },
    { report: "done", case: task.case, exit: 0 },
  ]);
});

test("a connection that failed, and another when told so", async () => {
  const got = await run({ task }, { ended: "1", failed: "refused" }, { connect: true, case: task.case });
  expect(got[2]).toEqual({ report: "failed", reason: "refused", case: task.case });
  expect(got[3]).toEqual({ open: "2", url: task.url, subprotocol: "netconf" });
});

test("a bad line costs one line of log", async () => {
  const log = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const got = await run("{", { case: "unknown", close: true }, { id: "9", message: "<x/>" }, { task });
  expect(got).toHaveLength(2);
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
});
