import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startReferenceClient } from "../reference/client.ts";
import { plan } from "../run/index.ts";
import type { Results } from "../run/results.ts";
import { clientTarget } from "../target/index.ts";
import type { Change } from "./board.ts";
import { pathOfCase } from "./port.ts";
import { type ServeOptions, serve } from "./serve.ts";

const plain = "client-handshake/plain@rfc6455";
const closing = "client-closing/session@rfc6455";
const out = mkdtempSync(join(tmpdir(), "ncwspec-serve-test-"));
beforeAll(() => void plan({ role: "client" }), 60_000); // reads the fixtures once
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Serves, does what is to be done with the page's address, and ends. */
async function during(options: Partial<ServeOptions>, act: (page: string) => Promise<void>): Promise<Results> {
  const ending = new AbortController();
  const serving = serve({
    target: clientTarget(["a client"]),
    dialects: ["rfc6455"],
    at: { host: "127.0.0.1", port: 0 },
    untilAll: false,
    style: "body { color: black }",
    signal: ending.signal,
    onListening: (page) => void act(page).finally(() => (options.untilAll ? undefined : ending.abort())),
    ...options,
  });
  return serving;
}

/** Comes to the URL of a case, as any client would. */
function visit(page: string, id: string): void {
  const url = `${page.replace("http", "ws").replace(/\/$/, "")}${pathOfCase(id)}`;
  startReferenceClient({ case: id, dialect: "rfc6455", url, subprotocol: "netconf" }, () => {});
}

/** What the page is told, event by event. */
async function* events(page: string): AsyncGenerator<{ readonly name: string; readonly data: never }> {
  const response = await fetch(`${page}events`);
  let rest = "";
  for await (const chunk of response.body ?? []) {
    const parts = (rest + Buffer.from(chunk).toString()).split("\n\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const [, name = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
      if (name !== "") yield { name, data: JSON.parse(data) as never };
    }
  }
}

async function resultOf(page: string, id: string): Promise<Change> {
  for await (const { data } of events(page)) {
    const change: Change = data;
    if (change.id === id && change.result) return change;
  }
  throw new Error("the events ended");
}

describe("serve", { timeout: 30_000 }, () => {
  test("judges a client that comes to the URL of a case, and tells the page", async () => {
    const results = await during({ cases: [plain], out }, async (page) => {
      const told = resultOf(page, plain);
      visit(page, plain);
      expect((await told).result).toMatchObject({ verdict: "pass", findings: [] });
      const transcript = await fetch(page + (await told).result?.transcript);
      expect(await transcript.text()).toContain('"client-handshake/plain@rfc6455"');
    });
    expect(results).toMatchObject({ complete: true, planned: 1, summary: { pass: 1 } });
    expect(results.cases[0]?.rerun).toBe(`ncwspec serve --case '${plain}'`);
    expect(readFileSync(join(out, results.cases[0]?.transcript ?? ""), "utf8")).toContain('"tcp"');
  });

  test("is incomplete when no client came to a case", async () => {
    const results = await during({ cases: [plain] }, async () => {});
    expect(results).toMatchObject({
      complete: false,
      reason: "no client came to 1 of 1 cases",
      planned: 1,
      cases: [],
    });
  });

  test("asks nothing of a client that comes by itself but the connection, and can end by itself then", async () => {
    const results = await during({ cases: [plain, closing], untilAll: true }, async (page) => visit(page, plain));
    expect(results.cases.map(({ id, verdict }) => [id, verdict]).sort()).toEqual([
      [closing, "n/a"],
      [plain, "pass"],
    ]);
    expect(results.complete).toBe(true);
  });

  test("sends the client of the page to the cases that it asks for", async () => {
    const results = await during({ cases: [closing] }, async (page) => {
      const address = `${page}client?run=one`;
      const say = (line: unknown) => fetch(address, { method: "POST", body: JSON.stringify(line) });
      const response = await fetch(address);
      await say({ ready: true, control: ["close", "rpc", "connect"], reports: ["closed"], reuse: true });
      let text = "";
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString();
        const task = /data: (\{"task".*\})\n\n/.exec(text)?.[1];
        const close = /data: (\{"close".*\})\n\n/.exec(text)?.[1];
        if (task !== undefined && !clients.has("it"))
          clients.set(
            "it",
            startReferenceClient(JSON.parse(task).task, () => {}),
          );
        if (close !== undefined) clients.get("it")?.control({ close: true });
        if (text.includes("event: end")) break;
      }
    });
    expect(results.cases).toMatchObject([{ id: closing, verdict: "pass" }]);
  });

  test("knows no other pages, no other cases, and no other page's client", async () => {
    await during({ cases: [plain] }, async (page) => {
      const status = async (path: string, init?: RequestInit) => (await fetch(page + path, init)).status;
      expect(await status("")).toBe(200);
      expect(await status("board.js")).toBe(200);
      expect(await status("netconf-session.js")).toBe(200);
      expect(await status("tsconfig.json")).toBe(404);
      expect(await status("transcripts/..%2F..%2Fpackage.json")).toBe(404);
      expect(await status("case/none")).toBe(404);
      expect(await status("client?run=x", { headers: { origin: "http://evil.example" } })).toBe(404);
      expect(await status("client?run=x", { method: "POST", body: "{}" })).toBe(404);
      expect(await status("", { method: "DELETE" })).toBe(405);
    });
  });
});

const clients = new Map<string, ReturnType<typeof startReferenceClient>>();
