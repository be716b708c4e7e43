/** Every named check is exported by a module that has a file of samples beside it. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import * as binding from "./binding.ts";
import * as client from "./client.ts";
import * as events from "./events.ts";
import * as framing from "./framing.ts";
import * as handshake from "./handshake.ts";
import * as hello from "./hello.ts";
import { checks } from "./index.ts";
import * as response from "./response.ts";
import * as rpc from "./rpc.ts";
import * as streams from "./streams.ts";
import * as transport from "./transport.ts";

/** Each module by the file that holds the samples of its checks; that file asserts that none lacks them. */
const sampled: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  "binding-samples.test.ts": [binding],
  "client-samples.test.ts": [client],
  "events-samples.test.ts": [events],
  "framing-samples.test.ts": [framing],
  "handshake-samples.test.ts": [handshake, response],
  "hello-samples.test.ts": [hello],
  "rpc-samples.test.ts": [rpc, streams],
  "transport-samples.test.ts": [transport],
};

test("no check is without samples", () => {
  const known = Object.values(sampled).flatMap((modules) => modules.flatMap(Object.values));
  expect(Object.entries(checks).flatMap(([name, check]) => (known.includes(check) ? [] : [name]))).toEqual([]);
  expect(readdirSync(import.meta.dirname)).toEqual(expect.arrayContaining(Object.keys(sampled)));
});
