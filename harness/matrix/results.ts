/** The file of an interop matrix, `ncwspec-matrix/1`: the one source of its page and its tables. */
import type { Finding, Role } from "../judge/types.ts";
import type { DialectName, End } from "../wire/types.ts";

/**
 * What a cell, or a part of one, came to.
 * `talk`: all of it was done, and nothing was found. `findings`: they talk, and a clause was broken or a part was
 * not done. `no-talk`: they do not, and the reason says who refused what. `unavailable`: it could not be tried here,
 * and the reason says why. `not-common`: one of the two does not claim it. `error`: the suite or its environment failed.
 */
export type CellVerdict = "talk" | "findings" | "no-talk" | "unavailable" | "not-common" | "error";

/** In the order in which reports list them. */
export const CELL_VERDICTS: readonly CellVerdict[] = [
  "talk",
  "findings",
  "no-talk",
  "unavailable",
  "not-common",
  "error",
];

/** The name under which the suite itself stands in a row or a column. */
export const SUITE = "suite";

/** One server or client of the matrix. */
export interface Peer {
  readonly name: string;
  readonly role: Role;
  /** The word that names the target on the command line; absent for one that is only listed. */
  readonly target?: string;
  readonly version?: string;
  /** Absent: found out by trying. */
  readonly dialects?: readonly DialectName[];
  readonly reach?: string;
  /** What it did when it was asked for a case that does not exist (target contract): exit 127, or take it. */
  readonly probe?: "refuses" | "takes";
  /** Why it cannot run here; absent when it can. */
  readonly unavailable?: string;
}

/** A breach of one requirement by one end of a pair. */
export interface PairFinding extends Finding {
  readonly end: End;
  /** It binds: MUST level, and no policy that nobody asked for. */
  readonly fails: boolean;
  /** Why it is expected, when the known failures of that target list it. */
  readonly known?: string;
}

/** What a pair did in one activity, or what a suite found in one area. */
export interface CellPart {
  readonly name: string;
  readonly area: string;
  readonly title: string;
  readonly verdict: CellVerdict;
  readonly reason?: string;
  /** The end that the reason is about. */
  readonly charged?: End;
  readonly durationMs: number;
  readonly findings: readonly PairFinding[];
  /** Paths below the output folder. */
  readonly transcript?: string;
  readonly pcapng?: string;
  /** What the client itself reported, beside the evidence of the wire. */
  readonly said?: readonly string[];
  /** For a suite: verdicts of its cases by number. */
  readonly cases?: Readonly<Record<string, number>>;
}

export interface Cell {
  /** `server×client@dialect`, see `cell-id.ts`. */
  readonly id: string;
  readonly kind: "pair" | "suite";
  /** Name of the server; `suite` where the client suite plays it. */
  readonly server: string;
  /** Name of the client; `suite` where the server suite plays it. */
  readonly client: string;
  /** Absent where the two have none in common. */
  readonly dialect?: DialectName;
  readonly verdict: CellVerdict;
  readonly reason?: string;
  readonly charged?: End;
  /** Why its verdict is expected, when the matrix file lists it. */
  readonly known?: string;
  readonly durationMs: number;
  readonly parts: readonly CellPart[];
  readonly rerun: string;
}

export interface MatrixResults {
  readonly schema: "ncwspec-matrix/1";
  readonly complete: boolean;
  /** Why it was cut short; absent when complete. */
  readonly reason?: string;
  readonly tool: { readonly name: "ncwspec"; readonly version: string };
  readonly title: string;
  /** Path of the matrix file, as it was given. */
  readonly file: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly dialects: readonly DialectName[];
  readonly servers: readonly Peer[];
  readonly clients: readonly Peer[];
  readonly planned: number;
  readonly summary: Readonly<Record<CellVerdict, number>>;
  readonly cells: readonly Cell[];
}

/** One thing that happened on the wire, as people read it. */
export interface ReadableEntry {
  /** Index of the transcript entry in which it was complete; findings point there. */
  readonly at: number;
  /** Milliseconds since the beginning. */
  readonly t: number;
  /** Absent for what the suite did beside the wire. */
  readonly from?: End;
  readonly kind: "tcp" | "request" | "response" | "message" | "frame" | "close" | "step";
  /** One line. */
  readonly head: string;
  /** Header fields, XML with indentation, or what else there is to read. */
  readonly body?: string;
}
