/** --time-scale stretches the wait for the target too, not only what is waited for in a session. */
import { expect, test } from "vitest";
import { targetFromUrl } from "../target/file.ts";
import { run } from "./index.ts";

test("the time that a command has to get ready is scaled", { timeout: 60_000 }, async () => {
  const command = [process.execPath, "-e", "setInterval(() => {}, 1000)"];
  const target = { ...targetFromUrl("ws://127.0.0.1/"), name: "silent", reach: { process: { command } } };
  await expect(run({ target, timeScale: 0.02 })).rejects.toThrow(/no readiness line within 200 ms/);
});
