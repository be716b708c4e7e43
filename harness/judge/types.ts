/**
 * What is judged (a transcript), by what (requirements), and what comes of it (findings, verdicts).
 * Pure data; this folder sees no socket and no clock.
 */
import type { DialectName, End } from "../wire/types.ts";

export type Level = "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "MAY";
export type Role = "server" | "client";
/** Where a requirement's authority comes from; `policy` informs and never fails a target by default. */
export type Basis = "normative" | "draft" | "inferred" | "policy";

/** One testable statement of a clause: a row of `fixtures/requirements/*.yaml`. */
export interface Requirement {
  readonly id: string;
  readonly level: Level;
  readonly role: Role | "both";
  /** Document and section, as people cite it: `RFC 6455 §5.5.1`. */
  readonly source: string;
  readonly basis: Basis;
  readonly statement: string;
  readonly errata?: string;
  /** Why it cannot be tested from outside; such a row needs no case. */
  readonly untestable?: string;
  /** Why it has no case although it could be tested. */
  readonly uncovered?: string;
  /** Tokens joined by ` & ` that must hold before the requirement applies. */
  readonly precondition?: string;
  /** What a case does, and what a conforming target shows then. */
  readonly stimulus?: string;
  readonly expect?: string;
  /** One concrete violation that a check has to catch. */
  readonly defect?: string;
}

export type Verdict = "pass" | "warn" | "fail" | "inconc" | "n/a" | "error";

/** One breach of one requirement. */
export interface Finding {
  readonly requirement: string;
  readonly level: Level;
  readonly clause: string;
  readonly message: string;
  /** Index of the transcript entry it rests on. */
  readonly at: number;
  readonly expected?: string;
  readonly got?: string;
}

/**
 * Everything that happened in a case, in order. Bytes are kept as they went over the socket; frames,
 * messages and XML are derived from them when judging, so a recording is judged exactly like a live run.
 */
export type Entry =
  | { readonly type: "bytes"; readonly t: number; readonly conn: string; readonly from: End; readonly data: Uint8Array }
  | {
      readonly type: "tcp";
      readonly t: number;
      readonly conn: string;
      readonly from: End;
      /**
       * `open`: connected; `fin`: orderly end of that direction; `reset`: RST or error; `refused`: no connection;
       * `lost`: from here on bytes of that direction are missing, as in a capture that begins late or lacks segments.
       */
      readonly event: "open" | "fin" | "reset" | "refused" | "lost";
    }
  | {
      /** A step of the drive that a check refers to: a labelled send, a trigger, a subscription, an await that gave up. */
      readonly type: "step";
      readonly t: number;
      readonly conn?: string;
      readonly step: string;
      readonly label?: string;
      readonly detail?: Readonly<Record<string, unknown>>;
    };

export interface Transcript {
  readonly case: string;
  readonly dialect: DialectName;
  readonly role: Role;
  readonly entries: readonly Entry[];
}
