/** Targets: reading their files, starting and stopping them. */
export { checkWay, type Obstacles, obstaclesOf } from "./availability.ts";
export { TargetFileError, TargetInterrupted, TargetUnavailable, TargetUnreachable } from "./errors.ts";
export { clientTarget, findTarget, knownTargets, loadTargetFile, referenceTarget, targetFromUrl } from "./file.ts";
export { type StartOptions, startTarget } from "./start.ts";
export type { Access, Claims, Deadlines, RunningTarget, TargetFile, Trigger } from "./types.ts";
export { type Way, ways } from "./way.ts";
