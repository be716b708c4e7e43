import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { contextFiles, imageName } from "./image.ts";

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "ncwspec-image-")), "Acme_OS 4.2");
  write("Dockerfile", "FROM debian:bookworm-slim");
  write("bridge.rb", "puts 1");
});
afterEach(() => rmSync(dirname(folder), { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

test("the image is named after the folder and what goes into it", () => {
  const name = imageName(folder);
  expect(name).toMatch(/^ncwspec\/acme-os-4-2:[0-9a-f]{12}$/);
  expect(imageName(folder)).toBe(name);
  write("bridge.rb", "puts 2");
  const changed = imageName(folder);
  expect(changed).not.toBe(name);
  write("bridge.rb", "puts 1");
  expect(imageName(folder)).toBe(name);
  chmodSync(join(folder, "bridge.rb"), 0o755);
  expect(imageName(folder)).not.toBe(name);
});

test("what says something about the target, or was built beside it, is no part of it", () => {
  const name = imageName(folder);
  for (const path of ["target.yaml", "known.yaml", "README.md", ".build/bridge", "node_modules/ws/index.js"])
    write(path, "x");
  expect(imageName(folder)).toBe(name);
  write("src/README.md", "in the program's own folders it may be anything");
  write(".dockerignore", "*.log");
  expect(contextFiles(folder)).toEqual([".dockerignore", "Dockerfile", "bridge.rb", "src/README.md"]);
});
