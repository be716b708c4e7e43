/** What can go wrong before a target is up. Each message is one line: what, where, what to do. */

/** The target file or the word that names a target is wrong: a matter of usage (exit 2). */
export class TargetFileError extends Error {
  override readonly name = "TargetFileError";
}

/** The target does not answer, or is not ready within its deadline (exit 4). */
export class TargetUnreachable extends Error {
  override readonly name = "TargetUnreachable";
  /** Exit status of a process that ended before it was ready; 127 means "I do not implement this case". */
  readonly exitStatus: number | undefined;

  constructor(message: string, exitStatus?: number) {
    super(message);
    this.exitStatus = exitStatus;
  }
}

/** Something the target needs is not installed on this machine (exit 4). */
export class TargetUnavailable extends Error {
  override readonly name = "TargetUnavailable";
}

/** The run was interrupted while the target was being started (exit 130). */
export class TargetInterrupted extends Error {
  override readonly name = "TargetInterrupted";

  constructor(target: string) {
    super(`${target}: interrupted before it was ready`);
  }
}
