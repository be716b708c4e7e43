import type { End } from "../wire/types.ts";

export function opposite(end: End): End {
  return end === "client" ? "server" : "client";
}
