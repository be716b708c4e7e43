/** The WebSocket wire in its three dialects. */
import { hybi00 } from "./hybi-00.ts";
import { hybi06 } from "./hybi-06.ts";
import { rfc6455 } from "./rfc6455.ts";
import type { Dialect, DialectName } from "./types.ts";

export { announcedDialect } from "./announced-dialect.ts";

export const dialects: Readonly<Record<DialectName, Dialect>> = { "hybi-00": hybi00, "hybi-06": hybi06, rfc6455 };

/** In the order of their age. */
export const dialectNames: readonly DialectName[] = ["hybi-00", "hybi-06", "rfc6455"];
