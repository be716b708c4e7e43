import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { flagOfShortRun } from "./short-run.ts";

test("the flag is one that V8 knows, so that nothing is printed", () => {
  const { status, stderr } = spawnSync(process.execPath, [flagOfShortRun, "--eval", "0"], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
