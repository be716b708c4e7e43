import type * as Libxml2 from "libxml2-wasm";

/**
 * The XML library, made silent. libxml2 writes XPath errors to standard error by itself, through the
 * console.error it finds while it loads; so it finds one that can be switched off.
 */
let quiet = false;
const { console } = globalThis;
const spoken = console.error;
console.error = (...words: unknown[]): void => {
  if (!quiet) spoken.apply(console, words);
};
export const libxml2: typeof Libxml2 = await import("libxml2-wasm");
console.error = spoken;

/** Runs something synchronous without a word from libxml2. */
export function silently<T>(action: () => T): T {
  quiet = true;
  try {
    return action();
  } finally {
    quiet = false;
  }
}
