import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { flagsOfShortRun } from "./short-run.ts";

test("the flags are ones that V8 knows, so that nothing is printed", () => {
  const { status, stderr } = spawnSync(process.execPath, [...flagsOfShortRun, "--eval", "0"], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
