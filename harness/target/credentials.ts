/** How a user says who it is in an opening request. */
import type { User } from "./types.ts";

/**
 * The header fields of a user: its own, and what the setting `username` asks for. A certificate is none of them.
 * @param source the setting `username`
 */
export function credentials(
  source: unknown,
  { username, password = "", headers }: Pick<User, "username" | "password" | "headers">,
): Readonly<Record<string, string>> {
  if (source === "cookie") return { Cookie: `netconf_username=${username}`, ...headers };
  if (source !== "http") return headers;
  return { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`, ...headers };
}
