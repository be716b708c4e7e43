import type { AccessControl } from "../access-control.ts";
import type { BaseEvents } from "../base-events.ts";
import type { ConfirmedCommits } from "../confirmed-commit.ts";
import type { DatastoreName, Datastores } from "../datastore.ts";
import type { Clock } from "../date-time.ts";
import type { Feature } from "../names.ts";
import type { Notifier } from "../notifier.ts";
import type { Streams } from "../streams.ts";
import type { EmitOptions } from "../types.ts";
import type { Element } from "../xml-tree.ts";

/** Which session holds the lock on a datastore. */
export type Locks = Map<DatastoreName, number>;

/** What all sessions share. */
export interface Device {
  readonly clock: Clock;
  readonly datastores: Datastores;
  readonly locks: Locks;
  readonly commits: ConfirmedCommits;
  readonly streams: Streams;
  readonly notifier: Notifier;
  readonly baseEvents: BaseEvents;
  readonly access: AccessControl;
  readonly emit: (event: EmitOptions) => void;
  readonly lacking: ReadonlySet<Feature>;
  /** Ends another session; false when no session has the id. */
  readonly kill: (id: number, killer: number) => boolean;
}

/** One request as an operation sees it. */
export interface Request {
  readonly device: Device;
  readonly session: {
    readonly id: number;
    readonly username: string;
    readonly sourceHost: string;
    /** Protocol version in use is base:1.1. */
    readonly modern: boolean;
    readonly send: (message: string) => void;
    /** Ends the session in normal fashion. */
    readonly finish: () => void;
  };
  /** The operation element. */
  readonly operation: Element;
  /** Declarations on rpc and on the operation element. */
  readonly scope: Readonly<Record<string, string>>;
}

/** What goes into rpc-reply, and what happens once it was sent. */
export interface Outcome {
  readonly content: readonly Element[];
  readonly after?: () => void;
}

export type Operation = (request: Request) => Outcome;
