import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { piecesOf, startFellow, suppliedBy } from "./fellow.ts";

const folder = mkdtempSync(path.join(tmpdir(), "ncwspec-fellow-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process that does with each thing it is told what the body says. */
function processOf(name: string, body: string): URL {
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(file, `process.on("message", (told) => { ${body} });`);
  return pathToFileURL(file);
}

const nothing = { pieces: piecesOf([], () => false), atOnce: 1 };

test("takes what a fellow reports until it is done", async () => {
  const module = processOf(
    "reports",
    `for (const message of told.work) process.send({ message }); process.send("done");`,
  );
  const taken: unknown[] = [];
  const take = (message: unknown) => void taken.push(message);
  await startFellow<unknown[], unknown>(module, [1, new Map([["a", 2]])], nothing, take, undefined);
  expect(taken).toEqual([1, new Map([["a", 2]])]);
});

test("says so when a fellow ends before it is done", async () => {
  const done = startFellow(processOf("dies", "process.exit(7);"), {}, nothing, () => {}, undefined);
  await expect(done).rejects.toThrow("a process of the run ended early (exit code 7)");
});

test("hands on what went wrong in a fellow", async () => {
  const fails = processOf("fails", `process.send({ fault: "no fixture" });`);
  const done = startFellow(fails, {}, nothing, () => {}, undefined);
  await expect(done).rejects.toThrow("no fixture");
});

test("tells a fellow that it is interrupted", async () => {
  const told = processOf("listens", `process.send({ message: told }); if (told === "interrupt") process.send("done");`);
  const heard: unknown[] = [];
  const interrupted = new AbortController();
  const done = startFellow<object, unknown>(told, {}, nothing, (message) => heard.push(message), interrupted.signal);
  interrupted.abort();
  await done;
  expect(heard).toEqual([{ work: {} }, "interrupt"]);
});

test("gives a fellow so many pieces at a time as it asks for more, and none behind the last", async () => {
  const asks = `
    if (told.pieces?.length === 0) process.send("done");
    else { process.send({ message: told.pieces ?? [] }); process.send("more"); }`;
  const given: unknown[] = [];
  const supply = { pieces: piecesOf([5, 3, 8, 1, 2], () => false), atOnce: 2 };
  await startFellow<object, unknown>(processOf("asks", asks), {}, supply, (message) => given.push(message), undefined);
  expect(given).toEqual([[], [5, 3], [8, 1], [2]]);
});

test("pieces are given once each, and no more when the work is stopped", () => {
  let isStopped = false;
  const pieces = piecesOf([0, 1, 2, 3], () => isStopped);
  expect([pieces(), pieces()]).toEqual([0, 1]);
  isStopped = true;
  expect(pieces()).toBe(undefined);
});

test("a fellow asks for more while half of the last pieces are still to be done, and waits for what it needs", async () => {
  let asked = 0;
  const supply = suppliedBy(() => {
    asked += 1;
  });
  const [first, second] = [supply.next(), supply.next()];
  expect(asked).toBe(1);
  supply.add([7, 8, 9, 10, 11, 12]);
  expect([await first, await second, await supply.next()]).toEqual([7, 8, 9]);
  expect(asked).toBe(2);
  const rest = [supply.next(), supply.next(), supply.next(), supply.next()];
  supply.add([]);
  expect(await Promise.all(rest)).toEqual([10, 11, 12, undefined]);
  expect([await supply.next(), asked]).toEqual([undefined, 2]);
});
