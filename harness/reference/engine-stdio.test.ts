import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { serveStdio } from "./engine-stdio.ts";
import { hello, rpc, subscribe } from "./testing/peer.ts";

async function run(...lines: readonly unknown[]): Promise<Record<string, unknown>[]> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  const served = serveStdio(input, output);
  // Cut everywhere, within characters too.
  for (const byte of Buffer.from(text)) input.write(Uint8Array.of(byte));
  input.end();
  await served;
  output.end();
  const written = await output.toArray();
  return Buffer.concat(written)
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const open = (id: unknown) => ({ open: id, username: "ü", sourceHost: "192.0.2.7" });

test("sessions of several connections, by their ids", async () => {
  const got = await run(
    open("a"),
    open(7),
    { id: "a", message: hello() },
    { id: 7, message: hello() },
    { id: 7, message: rpc(subscribe(), "é\u2028") },
    { emit: { token: "漢" } },
    { gone: "a", how: "closed" },
    { id: "a", message: rpc("<get/>") },
    { resetLog: true },
    { ageOut: 2 },
    { restart: true },
    { gone: 7, how: "dropped" },
  );
  expect(got[0]).toMatchObject({ id: "a", message: expect.stringContaining("<hello") });
  expect(got[1]).toMatchObject({ id: 7, message: expect.stringContaining("<hello") });
  expect(got[2]).toMatchObject({ id: 7, message: expect.stringContaining('message-id="é\u2028"') });
  expect(got[3]).toMatchObject({ id: 7, message: expect.stringContaining("<token>漢</token>") });
  expect(got[4]).toMatchObject({ id: 7, message: expect.stringContaining("<termination-reason>closed<") });
  expect(got[4]).toMatchObject({ message: expect.stringContaining("<username>ü</username>") });
  expect(got[5]).toEqual({ id: 7, close: 1001, reason: "restart" });
  expect(got).toHaveLength(6);
});

test("bad lines cost a line on standard error each", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const bad = [
    "no json",
    "[]",
    "null",
    '{"x":1}',
    '{"open":{}}',
    '{"emit":{}}',
    '{"emit":{"token":"a","stream":"none"}}',
  ];
  const got = await run(...bad, open(1), open(1), { id: 1, message: 5 }, { emit: { token: "\u0000" } }, "", {
    id: 2,
    message: "x",
  });
  expect(got).toHaveLength(1);
  const lines = write.mock.calls.map(([line]) => String(line));
  write.mockRestore();
  expect(lines).toHaveLength(bad.length + 3);
  for (const line of lines) expect(line).toMatch(/^engine: [^\n]+\n$/);
});
