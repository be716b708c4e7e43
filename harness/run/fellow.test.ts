import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { startFellow } from "./fellow.ts";

const folder = mkdtempSync(path.join(tmpdir(), "ncwspec-fellow-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process that does with each thing it is told what the body says. */
function processOf(name: string, body: string): URL {
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(file, `process.on("message", (told) => { ${body} });`);
  return pathToFileURL(file);
}

test("takes what a fellow reports until it is done", async () => {
  const module = processOf(
    "reports",
    `for (const message of told.work) process.send({ message }); process.send("done");`,
  );
  const taken: unknown[] = [];
  await startFellow<unknown[], unknown>(module, [1, new Map([["a", 2]])], (message) => taken.push(message), undefined)
    .done;
  expect(taken).toEqual([1, new Map([["a", 2]])]);
});

test("says so when a fellow ends before it is done", async () => {
  const { done } = startFellow(processOf("dies", "process.exit(7);"), {}, () => {}, undefined);
  await expect(done).rejects.toThrow("a process of the run ended early (exit code 7)");
});

test("hands on what went wrong in a fellow", async () => {
  const { done } = startFellow(processOf("fails", `process.send({ fault: "no fixture" });`), {}, () => {}, undefined);
  await expect(done).rejects.toThrow("no fixture");
});

test("tells a fellow to begin nothing new, and that it is interrupted", async () => {
  const told = processOf("listens", `process.send({ message: told }); if (told === "interrupt") process.send("done");`);
  const heard: unknown[] = [];
  const interrupted = new AbortController();
  const fellow = startFellow<object, unknown>(told, {}, (message) => heard.push(message), interrupted.signal);
  fellow.halt();
  interrupted.abort();
  await fellow.done;
  expect(heard).toEqual([{ work: {} }, "halt", "interrupt"]);
});
