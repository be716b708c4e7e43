/** What a target file says of its users, put into the texts of a fixture. */
import type { Access, UserName } from "./types.ts";

const reference = /\$\{(username|hidden):([\w-]+)\}/g;

/**
 * The same structure with `${username:reader}`, `${hidden:stream}`, `${hidden:node-filter}` and `${hidden:node-name}`
 * replaced in each text; what the target file does not say is empty.
 */
export function withAccess<T>(value: T, access: Pick<Access, "users" | "hidden">): T {
  if (typeof value === "string")
    return value.replace(reference, (_found, of: string, name: string) => textOf(access, of, name)) as T;
  if (Array.isArray(value)) return value.map((one) => withAccess(one, access)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withAccess(one, access)])) as T;
}

function textOf({ users, hidden }: Pick<Access, "users" | "hidden">, of: string, name: string): string {
  if (of === "username") return users[name as UserName]?.username ?? "";
  if (name === "stream") return hidden.stream ?? "";
  return (name === "node-filter" ? hidden.node?.filter : hidden.node?.name) ?? "";
}
