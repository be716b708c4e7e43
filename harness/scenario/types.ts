/** The scenario fixture, as it stands in `fixtures/scenarios/**.yaml`, and the case made from it. */
import type { CheckSpec, RequirementRef } from "../judge/check-types.ts";
import type { Role } from "../judge/types.ts";
import type { DialectName } from "../wire/types.ts";

/** One step of the drive: `{ name: arguments }`. */
export type Step = Readonly<Record<string, unknown>>;

/** What a control establishes for the cases that rest on it (design §2, "Failing peers are fast too"). */
export type Control =
  | "handshake"
  | "session"
  | "rpc"
  | "streams"
  | "subscription"
  | "event"
  | "replay"
  /** Of a client: it reports a notification; it ends its session when told so. */
  | "report"
  | "close";

export interface Scenario {
  /** Path-like: `replay/complete-once`; the first part is the suite. */
  readonly id: string;
  readonly title: string;
  readonly role: Role;
  /** Absent: every dialect that the target claims. */
  readonly dialects?: readonly DialectName[];
  /** Precondition tokens that the target must meet; else the case is `n/a`. */
  readonly needs: readonly string[];
  /** Requirements it covers beyond those its checks name: those of passive checks it provokes. */
  readonly covers: readonly RequirementRef[];
  /** This scenario is the positive control of that feature. */
  readonly control?: Control;
  /** Runs alone: nothing else talks to the target meanwhile. */
  readonly exclusive: boolean;
  /** Rows of parameters, by readable name: one case each. `${name}` in drive and judge is replaced. */
  readonly each?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly drive: readonly Step[];
  readonly judge: readonly CheckSpec[];
  /** Controls it rests on, derived from its steps. */
  readonly rests: readonly Control[];
  /** File it stands in, for messages. */
  readonly file: string;
}

/** A scenario bound to a dialect and to one row of its parameters. */
export interface Case {
  /** `framing/length-form[126-as-64bit]@rfc6455` */
  readonly id: string;
  readonly scenario: Scenario;
  readonly suite: string;
  readonly dialect: DialectName;
  readonly title: string;
  readonly drive: readonly Step[];
  /** Checks with requirement refs resolved for the dialect. */
  readonly judge: readonly CheckSpec[];
  readonly requirements: readonly string[];
}
