/** Which dialect a request asks for. */
import { fieldsNamed, joinedValue } from "./http-head.ts";
import type { DialectName, HeaderField } from "./types.ts";

const byVersion: Readonly<Record<string, DialectName>> = { "6": "hybi-06", "13": "rfc6455" };

/** By Sec-WebSocket-Version where there is one, else hybi-00 where both keys are there, else none. */
export function announcedDialect(request: { readonly headers: readonly HeaderField[] }): DialectName | undefined {
  const version = joinedValue(request.headers, "Sec-WebSocket-Version");
  if (version !== undefined) return Object.hasOwn(byVersion, version) ? byVersion[version] : undefined;
  const keys = ["Sec-WebSocket-Key1", "Sec-WebSocket-Key2"];
  return keys.every((name) => fieldsNamed(request.headers, name).length > 0) ? "hybi-00" : undefined;
}
