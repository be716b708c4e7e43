/** A server may hold keys to all that hybi-00 §4.1 steps 16 to 23 ask of a client, so ours break nothing by accident. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { casesOf } from "../harness/scenario/cases.ts";
import { loadScenarios } from "../harness/scenario/load.ts";
import { keyFaults } from "../harness/wire/challenge.ts";

const fixtures = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const scenarios = loadScenarios(fixtures("scenarios/handshake"), fixtures("schemas/scenarios.schema.json"));

/** Of each case in hybi-00 with keys of its own: the faults of both. */
const keys = scenarios
  .filter((scenario) => scenario.dialects?.includes("hybi-00"))
  .flatMap((scenario) => casesOf(scenario, ["hybi-00"]))
  .flatMap(({ id, drive }) =>
    (drive as { request?: { key1?: string; key2?: string } }[]).flatMap(({ request }) =>
      [request?.key1, request?.key2].some((key) => key !== undefined)
        ? [{ id, faults: [request?.key1, request?.key2].map((key) => (key === undefined ? [] : keyFaults(key))) }]
        : [],
    ),
  );
const about = (pattern: RegExp) => keys.filter(({ id }) => pattern.test(id));

test("a proof is asked for with keys that a client may send, but where zeros or a tab are what it is about", () => {
  const wrong = about(/\/(proof|key3-)/).filter(({ faults }) => faults.flat().length > 0);
  expect(wrong.map(({ id }) => id)).toEqual([
    "handshake/proof-digits[leading-zeros]@hybi-00",
    "handshake/proof-digits[tab]@hybi-00",
  ]);
  expect(about(/\/proof/).length).toBeGreaterThan(20);
});

test("a key that is wrong is wrong in one way, and so is the request, but where both keys or a tab are what it is about", () => {
  const more = about(/\/key-(outer-spaces|without-space|indivisible)/).filter(
    ({ faults }) => faults.flat().length !== 1,
  );
  expect(more.map(({ id }) => id)).toEqual([
    "handshake/key-without-space[both]@hybi-00",
    "handshake/key-without-space[tab-only]@hybi-00",
  ]);
});
