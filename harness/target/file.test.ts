import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { findTarget, knownTargets, loadTargetFile, TargetFileError, targetFromUrl } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "ncwspec-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(text: string): string {
  const path = join(folder, "target.yaml");
  writeFileSync(path, text);
  return path;
}

function complaint(text: string): string {
  try {
    loadTargetFile(written(text));
  } catch (error) {
    expect(error).toBeInstanceOf(TargetFileError);
    const { message } = error as Error;
    expect(message).not.toContain("\n");
    return message.replace(folder, "");
  }
  throw new Error("the file was accepted");
}

const reach = 'reach: { url: "ws://127.0.0.1:8080/netconf" }';

test("what a file leaves out has defaults", () => {
  const file = loadTargetFile(written(`name: acme\n${reach}`));
  expect(file).toEqual({
    name: "acme",
    role: "server",
    reach: { url: "ws://127.0.0.1:8080/netconf" },
    claims: {
      subprotocol: "netconf",
      encapsulation: { opcode: "text", framing: "none" },
      capabilities: "from-hello",
      limits: { message: 1_048_576, sessions: 8 },
      settings: {},
    },
    access: {
      headers: {},
      users: {},
      hidden: {},
      triggers: { event: { session: true } },
      deadlines: { connect: 2000, reply: 2000, close: 2000, event: 2000, quiet: 300 },
    },
    folder,
  });
});

test("durations, sizes and none are understood", () => {
  const { claims, access } = loadTargetFile(
    written(`name: acme
version: "4.2"
${reach}
claims: { subprotocol: none, dialects: [hybi-06], limits: { message: 64kB, jobs: 1 }, encapsulation: { framing: eom } }
access: { deadlines: { connect: 1.5s, quiet: 50ms, event: 1min } }`),
  );
  expect(claims.subprotocol).toBeNull();
  expect(claims.limits).toEqual({ message: 64_000, sessions: 8, jobs: 1 });
  expect(claims.encapsulation).toEqual({ opcode: "text", framing: "eom" });
  expect(access.deadlines).toEqual({ connect: 1500, reply: 2000, close: 2000, event: 60_000, quiet: 50 });
});

test("an rpc trigger may name a file beside the target file", () => {
  writeFileSync(join(folder, "toast.xml"), "<make-toast/>");
  const file = loadTargetFile(written(`name: acme\n${reach}\naccess: { triggers: { event: { rpc: toast.xml } } }`));
  expect(file.access.triggers.event).toEqual({ rpc: "<make-toast/>" });
});

describe("a broken file is answered with place, fault and remedy", () => {
  test.each([
    ["name: acme\nreach: [", /^\/target\.yaml:\d+:\d+: this is not YAML: /],
    ["", /: null is not a mapping/],
    [reach, /: the key "name" is missing; .*write for example name: acme-os/],
    ["name: acme", /: the key "reach" is missing; .*write for example reach: \{ url: "ws:/],
    ["name: acme\nreach: {}", /:2:8: reach: \{\} has no key; .*url, or builtIn, or one or both/],
    [`name: acme\n${reach}\nclaim: {}`, /:3:8: claim: the key "claim" is not known here; did you mean "claims"\?/],
    [`name: acme\nversion: 4.2\n${reach}`, /:2:10: version: 4.2 is not a text; .*write for example version|quote it/],
    [
      `name: acme\n${reach}\nclaims: { dialects: [hybi00] }`,
      /:3:22: claims\.dialects\.0: "hybi00" .* one of rfc6455, hybi-06/,
    ],
    [
      `name: acme\n${reach}\naccess: { deadlines: { reply: 2 } }`,
      /:3:31: access\.deadlines\.reply: 2 .*write for example 2s/,
    ],
    [`name: acme\n${reach}\naccess: { deadlines: { reply: 0s } }`, /"0s" is no duration; .*write for example 2s/],
    [`name: acme\n${reach}\nclaims: { limits: { message: 1 Mb } }`, /"1 Mb" is no size; .*write for example 1MiB/],
    [
      `name: acme\n${reach}\naccess: { triggers: { event: emit } }`,
      /access\.triggers\.event: emit needs the control channel/,
    ],
    [`name: acme\n${reach}\naccess: { triggers: { event: { rpc: no.xml } } }`, /the file no\.xml cannot be read/],
    ['name: acme\nreach: { url: "http://x/" }', /:2:15: reach\.url: "http:\/\/x\/" .*write for example ws:\/\//],
    ['name: acme\nreach: { url: "ws://me:pw@x/" }', /no user name; use access\.headers/],
    [
      "name: acme\nreach: { process: { command: ruby x.rb } }",
      /"ruby x.rb" is not a list; .*write for example \[ruby, /,
    ],
  ])("%j", (text, expected) => {
    expect(complaint(text)).toMatch(expected);
  });
});

test("a file that is not there is one clear line", () => {
  expect(() => loadTargetFile(join(folder, "none.yaml"))).toThrow(
    /none\.yaml: there is no such file; name a target file/,
  );
});

test("only WebSocket URLs are targets", () => {
  expect(targetFromUrl("wss://h/netconf?a=b").reach).toEqual({ url: "wss://h/netconf?a=b" });
  expect(() => targetFromUrl("http://h/")).toThrow(/neither ws:\/\/ nor wss:\/\//);
  expect(() => targetFromUrl("ws://")).toThrow(/not a URL/);
  expect(() => targetFromUrl("ws://h/#x")).toThrow(/no fragment/);
});

test("a word is a built-in, a URL, a path, or a name", () => {
  expect(findTarget("reference").reach).toEqual({ builtIn: true });
  expect(findTarget("ws://h/").name).toBe("ws://h/");
  expect(findTarget(written(`name: acme\n${reach}`)).name).toBe("acme");
  expect(findTarget(folder).name).toBe("acme");
  expect(findTarget("em-websocket").claims.dialects).toEqual(["rfc6455", "hybi-06", "hybi-00"]);
  expect(knownTargets()).toEqual(expect.arrayContaining(["reference", "em-websocket", "yuma123"]));
  expect(() => findTarget("em-websockt")).toThrow(
    /"em-websockt" is no target: did you mean em-websocket\? Known: reference, /,
  );
});

test("every target of the package has a file that fits", () => {
  for (const name of knownTargets()) expect(findTarget(name).name).not.toBe("");
});
