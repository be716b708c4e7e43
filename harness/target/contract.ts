import type { StartOptions } from "./start.ts";
import type { TargetFile } from "./types.ts";

/** What a program under test finds in its environment (target contract, design §4). */
export function contractEnvironment(
  { role, claims }: TargetFile,
  options: StartOptions,
  { listen, engine }: { readonly listen: string; readonly engine: string },
): Record<string, string> {
  return {
    NCWS_CONTRACT: "1",
    NCWS_ROLE: role,
    NCWS_CASE: options.case ?? "*",
    NCWS_DIALECT: options.dialect ?? (claims.dialects ?? []).join(","),
    NCWS_SUBPROTOCOL: claims.subprotocol ?? "",
    NCWS_LISTEN: listen,
    NCWS_TLS: "off",
    NCWS_ENGINE: engine,
  };
}
