import { expect, test } from "vitest";
import { dialects } from "../wire/index.ts";
import { measureCodecs, sizes } from "./codec.ts";
import { ownReader } from "./readers.ts";

test("every reader reads all messages of every size", () => {
  const rows = measureCodecs(1, 200_000);
  expect(rows.map(({ name, dialect }) => `${name} ${dialect}`)).toEqual([
    "ncwspec rfc6455",
    "ncwspec hybi-06",
    "ncwspec hybi-00",
    "ws rfc6455",
    "websocket-driver rfc6455",
    "websocket-driver hybi-00",
  ]);
  for (const { rates } of rows) expect(rates.filter((rate) => rate > 0)).toHaveLength(sizes.length);
});

test("what breaks a rule is charged, not passed over", () => {
  const read = ownReader(dialects.rfc6455)(() => {});
  expect(() => read(Buffer.from("810161", "hex"))).toThrow("WS-FRM-003");
});
