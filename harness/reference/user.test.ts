import { expect, test } from "vitest";
import type { RequestHead } from "./request-head.ts";
import { type UserSource, userOf } from "./user.ts";

const accounts = new Map([
  ["reader", "a:b"],
  ["deaf", ""],
]);

function head(fields: Readonly<Record<string, string>>): RequestHead {
  const listed = Object.entries(fields).map(([name, value]) => ({ name, value, raw: ` ${value}` }));
  return { method: "GET", target: "/netconf", version: 11, fields: listed };
}

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });

test.each<[UserSource, Readonly<Record<string, string>>, string | undefined, string | number]>([
  ["none", { cookie: "netconf_username=reader" }, "deaf", "anonymous"],
  ["certificate", { cookie: "netconf_username=reader" }, "deaf", "deaf"],
  ["certificate", basic("reader:a:b"), undefined, "anonymous"],
  ["cookie", { cookie: "a=b; netconf_username=reader" }, undefined, "reader"],
  ["cookie", { cookie: "netconf_username=other" }, undefined, 403],
  ["cookie", { cookie: "NETCONF_username=reader" }, undefined, 403],
  ["cookie", { cookie: "netconf_username=reader; netconf_username=deaf" }, undefined, 403],
  ["cookie", { "set-cookie": "netconf_username=reader" }, undefined, 403],
  ["cookie", {}, "reader", 403],
  ["http", basic("reader:a:b"), undefined, "reader"],
  ["http", basic("deaf:"), undefined, "deaf"],
  ["http", basic("reader:a"), undefined, 401],
  ["http", basic("other:a:b"), undefined, 401],
  ["http", { authorization: "Bearer reader" }, undefined, 401],
  ["http", {}, undefined, 401],
])("%s of %j, certificate of %s", (source, fields, certified, expected) => {
  const found = userOf(source, head(fields), accounts, certified);
  expect("status" in found ? found.status : found.username).toBe(expected);
});
