/** What ends a run before it has results. */

/** The target is not there or not ready: exit code 4. */
export { TargetUnreachable } from "../target/errors.ts";

/** Bad flag, unreadable file, a pattern or known-failure entry that matches nothing: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
