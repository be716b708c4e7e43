import { expect, test } from "vitest";
import { substitute } from "./substitute.ts";

test.each<[unknown, Record<string, unknown>, unknown]>([
  ["${n}", { n: 3 }, 3],
  ["${n}", { n: false }, false],
  ["${n}", { n: ["a"] }, ["a"]],
  ["${n}", { n: { a: 1 } }, { a: 1 }],
  ["a ${n} b ${m}", { n: 3, m: "x" }, "a 3 b x"],
  ["${n}${n}", { n: 3 }, "33"],
  ["${a-b}", { "a-b": 1 }, 1],
  ["${unknown} ${n}", { n: 1 }, "${unknown} 1"],
  ["${a.session-id}", { a: 1 }, "${a.session-id}"],
  ["${time:now}", { time: 1 }, "${time:now}"],
  ["${constructor} ${toString}", {}, "${constructor} ${toString}"],
  ["${n}", { n: "${m}", m: 1 }, "${m}"],
  ["$${n}", { n: 1 }, "$1"],
  ["x${n}", { n: "$&" }, "x$&"],
  [{ a: "${n}", b: 1 }, { n: null }, { b: 1 }],
  [{ a: { b: "${n}" } }, { n: null }, { a: {} }],
  [["${n}", 1, "${m}"], { n: null, m: [2] }, [1, [2]]],
  [{ "${n}": 1 }, { n: "key" }, { key: 1 }],
  [[1, true, null, "x"], { x: 1 }, [1, true, null, "x"]],
])("%j with %j is %j", (value, row, expected) => {
  expect(substitute(value, row)).toEqual(expected);
});

test("a member whose value becomes null is not there at all", () => {
  expect(Object.keys(substitute({ a: "${n}" }, { n: null }))).toEqual([]);
});
