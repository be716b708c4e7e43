/** Every exit code, provoked as a user would: by starting the program. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { packageRoot } from "../run/package-root.ts";
import { readResults } from "./read-results.ts";

const folder = mkdtempSync(join(tmpdir(), "ncwspec-exit-"));
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(...argv: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const root = packageRoot();
  const program = ["--import", join(root, "harness/target/from-source.mjs"), join(root, "harness/cli/main.ts")];
  const child = spawn(process.execPath, [...program, ...argv], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
  const said = { out: "", err: "" };
  child.stdout?.on("data", (text) => (said.out += text));
  child.stderr?.on("data", (text) => (said.err += text));
  const ended = new Promise<Ended>((settle) => child.on("close", (code) => settle({ code, ...said })));
  return { child, ended };
}

/** A TCP server on a free port. @returns its WebSocket URL */
async function serverThat(answers: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => answers(socket));
  });
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return `ws://127.0.0.1:${(server.address() as { port: number }).port}/netconf`;
}

const refusing = () => serverThat((socket) => socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
const one = ["--case", "handshake/plain@rfc6455", "--dialect", "rfc6455"];

const json = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));

describe.concurrent("exit codes", { timeout: 60_000 }, () => {
  test("0, and the results say so", async ({ expect }) => {
    const { code, out, err } = await start("run", ...one, "--out", "zero", "--junit", "zero/deep/junit.xml").ended;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/Nothing unexpected \(1 pass\)\n$/);
    const results = readResults(join(folder, "zero/results.json"));
    expect(results).toMatchObject({ complete: true, planned: 1, summary: { pass: 1 } });
    readFileSync(join(folder, "zero", results.cases[0]?.transcript ?? "none"));
    readFileSync(join(folder, "zero/report.html"));
    readFileSync(join(folder, "zero/deep/junit.xml"));
  });

  test("1: not conforming; a reader that went away changes nothing", async ({ expect }) => {
    const { child, ended } = start("run", await refusing(), ...one, "--json", "one.json");
    child.stdout?.destroy();
    const { code, err } = await ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^fail {3}handshake\/plain@rfc6455 [^\n]*\n$/);
    expect(json("one.json").summary.fail).toBe(1);
  });

  test("2: usage, before anything runs", async ({ expect }) => {
    const { code, out, err } = await start("run", "--jobs", "0").ended;
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^ncwspec: option '--jobs <n>' argument '0' is invalid\.[^\n]*\n$/);
  });

  test("3: the environment of the harness failed", async ({ expect }) => {
    mkdirSync(join(folder, "three"));
    writeFileSync(join(folder, "three/transcripts"), "no folder");
    const { code } = await start("run", ...one, "--out", "three").ended;
    expect(code).toBe(3);
    expect(json("three/results.json").summary.error).toBe(1);
  });

  test("4: nothing listens; the reports say that nothing was executed", async ({ expect }) => {
    const { code, err } = await start("run", "ws://127.0.0.1:1/", ...one, "--json", "four.json").ended;
    expect(code).toBe(4);
    expect(err).toMatch(/^ncwspec: ws:\/\/127\.0\.0\.1:1\/: nothing answers[^\n]*\n$/);
    expect(json("four.json")).toMatchObject({ complete: false, planned: 1, cases: [] });
  });

  test("5: less executed than planned", async ({ expect }) => {
    const claims = "claims: { dialects: [rfc6455, hybi-06, hybi-00] }";
    writeFileSync(join(folder, "five.yaml"), `name: five\nreach: { url: "${await refusing()}" }\n${claims}\n`);
    const all = ["--case", "handshake/plain", "--jobs", "1", "--bail"];
    const { code } = await start("run", "five.yaml", ...all, "--json", "five.json").ended;
    expect(code).toBe(5);
    expect(json("five.json")).toMatchObject({ complete: false, reason: expect.stringContaining("--bail") });
  });

  test("6: a known failure no longer fails", async ({ expect }) => {
    writeFileSync(join(folder, "known.yaml"), "- case: handshake/plain\n  reason: once broken\n");
    const { code, out } = await start("run", ...one, "--known", "known.yaml").ended;
    expect(code).toBe(6);
    expect(out).toContain("take them off the list)\n  handshake/plain\n");
  });

  test("130: interrupted, with the results so far", async ({ expect }) => {
    let child: ChildProcess | undefined;
    const silent = await serverThat(() => child?.kill("SIGINT"));
    const begun = start("run", silent, "--dialect", "rfc6455", "--time-scale", "100", "--json", "interrupted.json");
    child = begun.child;
    const { code, err } = await begun.ended;
    expect(code).toBe(130);
    expect(err).toMatch(/ncwspec: interrupted: writing what there is so far/);
    expect(json("interrupted.json")).toMatchObject({ complete: false, reason: expect.stringContaining("interrupted") });
  });
});

test("the second interrupt ends it at once", { timeout: 60_000 }, async () => {
  let child: ChildProcess | undefined;
  const silent = await serverThat(() => {
    child?.kill("SIGTERM");
    child?.kill("SIGINT");
  });
  child = start("run", silent, "--dialect", "rfc6455", "--time-scale", "100").child;
  const code = await new Promise((settle) => child?.on("close", settle));
  expect(code).toBe(130);
});
