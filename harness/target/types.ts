/** The target file (PICS + PIXIT, design §4) and a target that is up and can be reached. */
import type { Role } from "../judge/types.ts";
import type { DialectName } from "../wire/types.ts";
import type { ClientUnderTest } from "./client.ts";

export interface Deadlines {
  /** Milliseconds, each. */
  readonly connect: number;
  readonly reply: number;
  readonly close: number;
  readonly event: number;
  readonly quiet: number;
}

/**
 * How to make the target emit an event. `session`: open and close another session (RFC 6470 events).
 * `rpc`: a NETCONF operation, `${token}` in it replaced by a fresh mark. `emit`: the contract's control line.
 */
export type Trigger =
  | { readonly session: true }
  | { readonly rpc: string }
  | { readonly command: string }
  | { readonly http: { readonly method?: string; readonly url: string; readonly body?: string } }
  | { readonly emit: true };

/** What the built-in reference is made to lack. */
export interface BuiltIn {
  readonly without: readonly ("notification" | "interleave" | "xpath")[];
}

/** A revision of draft-iijima-netconf-websocket-ps. */
export type Profile = "00" | "01" | "02" | "03" | "04";

export interface Claims {
  /** Default: the last one. */
  readonly profile?: Profile;
  /** Absent: not claimed, found out by probing. */
  readonly dialects?: readonly DialectName[];
  /** `null`: none. Default `netconf`. */
  readonly subprotocol: string | null;
  readonly encapsulation: {
    readonly opcode: "text" | "binary" | "either";
    readonly framing: "none" | "eom" | "chunked";
  };
  /** Capability URIs and other tokens that hold although the hello does not say so. */
  readonly capabilities: "from-hello" | readonly string[];
  readonly limits: {
    readonly message: number;
    readonly sessions: number;
    /** Cases at the same time. */
    readonly jobs?: number;
  };
  /** What the documents leave open (`settings.ts`), and `policy` requirements it wants held to it. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Access {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly triggers: { readonly event?: Trigger };
  readonly deadlines: Deadlines;
}

/** A command that is started and announces its port. */
export interface ProcessReach {
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly path?: string;
  /** Milliseconds that a client may take from its start until it comes to its URL. */
  readonly startUp?: number;
  /** Run before the command, in the same folder; does nothing where all is built. */
  readonly build?: readonly string[];
  /** Shell commands that must succeed for it to be startable, with what to install when they do not. */
  readonly requires?: readonly { readonly command: string; readonly install: string }[];
}

/** A folder with a Dockerfile, whose image is built and started. */
export interface ContainerReach {
  readonly context: string;
  /** TCP port that it is told to listen at inside. */
  readonly port: number;
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A target that is started, in one way or another: at least one is given. */
export interface Startable {
  readonly process?: ProcessReach;
  readonly container?: ContainerReach;
}

export interface TargetFile {
  readonly name: string;
  readonly version?: string;
  readonly role: Role;
  readonly reach: { readonly url: string } | Startable | { readonly builtIn: true | BuiltIn };
  readonly claims: Claims;
  readonly access: Access;
  /** Folder of the file, against which its paths are resolved. */
  readonly folder: string;
}

/** A target that is up. Of a client, host, port and path are those of the listeners it is sent to. */
export interface RunningTarget {
  readonly file: TargetFile;
  readonly host: string;
  readonly port: number;
  /** Resource path with query. */
  readonly path: string;
  readonly secure: boolean;
  /** How it was reached, for the results file: a URL, `process`, `container`, `built-in`. */
  readonly reach: string;
  /** Contract control line (design §4): emit, restart, reset-log, drop. Absent when there is no channel. */
  readonly control?: (line: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Of the role client: how it is given its tasks. */
  readonly client?: ClientUnderTest;
  stop(): Promise<void>;
}
