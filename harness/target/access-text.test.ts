import { expect, test } from "vitest";
import { withAccess } from "./access-text.ts";
import { credentials } from "./credentials.ts";

const reader = { username: "joe", password: "p", headers: { "X-Y": "z" } };
const hidden = { stream: "audit", node: { filter: "<a/>", name: "b" } };

test("users and what is hidden are put into texts, wherever they stand", () => {
  const given = {
    a: ["${username:reader}/${hidden:stream}", 1],
    b: { c: "${hidden:node-filter} ${hidden:node-name}" },
  };
  expect(withAccess(given, { users: { reader }, hidden })).toEqual({ a: ["joe/audit", 1], b: { c: "<a/> b" } });
  expect(withAccess("${username:deaf}.${hidden:stream}.${other:x}", { users: {}, hidden: {} })).toBe("..${other:x}");
});

test("credentials are what the setting username asks for, beside fields of the user's own", () => {
  expect(credentials("certificate", reader)).toEqual({ "X-Y": "z" });
  expect(credentials("cookie", reader)).toEqual({ Cookie: "netconf_username=joe", "X-Y": "z" });
  expect(credentials("http", reader)).toEqual({ Authorization: "Basic am9lOnA=", "X-Y": "z" });
});
