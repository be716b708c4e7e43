/** Who it is that opens a session: by the certificate of the connection, or by fields of the opening request. */
import { createHash, timingSafeEqual } from "node:crypto";
import { ANONYMOUS } from "./accounts.ts";
import type { Refusal } from "./refusal.ts";
import { type RequestHead, valuesOf } from "./request-head.ts";

/**
 * `cookie`: netconf_username (draft-iijima-netconf-websocket-ps-02 §5); `http`: HTTP authentication (RFC 7617);
 * `certificate`: the client's, on connections with TLS (draft -03, -04 §5); `none`: everybody is anonymous.
 */
export type UserSource = "none" | "cookie" | "http" | "certificate";

/** Passwords by user; for a cookie, the names alone count. */
export type Accounts = ReadonlyMap<string, string>;

/** @param certified the user that the certificate of the connection stands for; undefined without TLS */
export function userOf(
  source: UserSource,
  head: RequestHead,
  accounts: Accounts,
  certified: string | undefined,
): { readonly username: string } | Refusal {
  if (source === "none") return { username: ANONYMOUS };
  if (source === "certificate") return { username: certified ?? ANONYMOUS };
  return source === "cookie" ? byCookie(head, accounts) : byPassword(head, accounts);
}

function byCookie(head: RequestHead, accounts: Accounts): { readonly username: string } | Refusal {
  const pairs = valuesOf(head, "cookie").flatMap((value) => value.split(";").map((pair) => pair.trim()));
  const names = pairs.flatMap((pair) => (pair.startsWith("netconf_username=") ? [pair.slice(17)] : []));
  const [username, second] = names;
  if (username !== undefined && second === undefined && accounts.has(username)) return { username };
  return { status: 403, reason: "The cookie netconf_username names no user." };
}

function byPassword(head: RequestHead, accounts: Accounts): { readonly username: string } | Refusal {
  const [, code = ""] = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(valuesOf(head, "authorization")[0] ?? "") ?? [];
  const [, username = "", given = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(code, "base64").toString("utf8")) ?? [];
  const password = accounts.get(username);
  if (password !== undefined && isSame(given, password)) return { username };
  const headers = ['WWW-Authenticate: Basic realm="netconf", charset="UTF-8"'];
  return { status: 401, headers, reason: "A user name and a password are needed." };
}

function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
