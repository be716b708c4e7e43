/** What ends a run before or beside its verdicts; the CLI turns each into its exit code. */

/** Bad flag, unreadable file, a pattern or known-failure entry that matches nothing: exit 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The target did not answer, or was not ready within its deadline: exit 4. */
export class TargetUnreachable extends Error {
  override readonly name = "TargetUnreachable";
}
