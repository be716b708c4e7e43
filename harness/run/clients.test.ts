/** Runs that judge clients which are commands: what does not come, what is hostile, what it says of itself. */
import { describe, expect, test } from "vitest";
import { clientTarget } from "../target/file.ts";
import type { TargetFile } from "../target/types.ts";
import { TargetUnreachable } from "./errors.ts";
import { prove, type RunOptions, run } from "./index.ts";
import { reference, referenceClient } from "./reference.ts";

const deadlines = { connect: 300, reply: 300, close: 300, event: 300, quiet: 50 };

function client(source: string): TargetFile {
  const file = clientTarget([process.execPath, "-e", source]);
  const reach = { process: { command: [process.execPath, "-e", source], startUp: 5000 } };
  return { ...file, name: "script", reach, access: { ...file.access, deadlines } };
}

const judged = (target: TargetFile, more: Partial<RunOptions> = {}) =>
  run({ target, dialects: ["rfc6455"], suites: ["client-handshake"], ...more });

describe("a client that does not come to its URL", { timeout: 30_000 }, () => {
  test.each([
    ["is no program", clientTarget(["no-such-program-here"]), /ENOENT/],
    ["ends at once", client('console.log("no way"); process.exitCode = 3;'), /exit status 3.*its last output: no way/],
    ["only waits", client('console.log("waiting"); setInterval(() => {}, 1000);'), /did not connect to ws:.*waiting/],
  ])("that %s is told in one line", async (_what, target, message) => {
    const file = "process" in target.reach ? target : target;
    const scale = target.name === "script" && String(message).includes("waiting") ? { timeScale: 0.2 } : {};
    const error: unknown = await judged(file, scale).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TargetUnreachable);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("\n");
  });

  test("but says that it does not implement the case is not judged", async () => {
    const results = await judged(client("process.exitCode = 127;"));
    expect(results.summary).toMatchObject({ fail: 0, error: 0, "n/a": results.planned });
  });
});

/** Opens TCP to NCWS_URL and does that, `socket` at hand. */
const hostile = (act: string) =>
  `const url = new URL(process.env.NCWS_URL);
   const socket = require("net").connect({ host: url.hostname, port: url.port }, () => { ${act} });
   socket.on("error", () => {}); socket.on("close", () => process.exit(0));`;

const request =
  '"GET /netconf HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Protocol: netconf\\r\\n\\r\\n"';

describe("a hostile client", { timeout: 60_000 }, () => {
  test.each([
    ["sends what is no HTTP", hostile('socket.write("\\0\\1\\2 nonsense\\r\\n\\r\\n");')],
    ["begins a request and never ends it", hostile('socket.write("GET / HTTP/1.1\\r\\n");')],
    [
      "announces a frame of 2^40 bytes",
      hostile(
        `socket.write(${request}); socket.once("data", () => socket.write(Buffer.from("82ff0000010000000000aabbccdd", "hex")));`,
      ),
    ],
    [
      "sends frames without end",
      hostile(`socket.write(${request}); const many = Buffer.alloc(60000, Buffer.from("8980aabbccdd", "hex"));
        const more = () => { while (socket.write(many)); }; socket.once("data", more); socket.on("drain", more);`),
    ],
  ])("that %s costs little and is judged", async (_what, source) => {
    const results = await judged(client(source), { cases: ["client-handshake/plain"] });
    expect(results.summary).toMatchObject({ pass: 0, error: 0 });
    expect(results.complete).toBe(true);
  });
});

describe("roles", { timeout: 30_000 }, () => {
  test("a run judges the cases of its target's role", async () => {
    const results = await run({ target: referenceClient(), dialects: ["rfc6455"], cases: ["client-session/plain"] });
    expect(results.target).toMatchObject({ role: "client", reach: "built-in" });
    expect(results.cases).toEqual([expect.objectContaining({ role: "client", verdict: "pass" })]);
    await expect(run({ target: reference(), cases: ["client-session/plain"] })).rejects.toThrow(/matches no case/);
  });

  test("the command that runs a case again has the client behind its options", async () => {
    const named = { targetWord: "--client", trailingWords: "-- node c.js" };
    const results = await judged(client("process.exitCode = 127;"), { ...named, cases: ["client-handshake/plain"] });
    expect(results.cases[0]?.rerun).toBe("ncwspec run --client --case 'client-handshake/plain@rfc6455' -- node c.js");
  });
});

test("a mutant between client and listener is killed on its own requirement", { timeout: 60_000 }, async () => {
  const options = { role: "client", dialects: ["rfc6455"] } as const;
  const { summary } = await prove({ ...options, only: ["client-handshake/status-not-checked*"] });
  expect(summary).toMatchObject({ killed: 1, survived: 0, misattributed: 0 });
  await expect(prove({ ...options, only: ["replay/complete-lost"] })).rejects.toThrow(/--role server/);
});
