/** The target file (PICS + PIXIT, design §4) and a target that is up and can be reached. */

import type { Role } from "../judge/types.ts";
import type { KeyRing } from "../tls/key-ring.ts";
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
 * `rpc`: a NETCONF operation, `${token}` in it replaced by a fresh mark. `emit`: the contract's control line, with
 * these members beside the mark.
 */
export type Trigger =
  | { readonly session: true }
  | { readonly rpc: string }
  | { readonly command: string }
  | { readonly http: { readonly method?: string; readonly url: string; readonly body?: string } }
  | { readonly emit: true | Readonly<Record<string, string>> };

/** What the built-in reference is made to lack. */
export interface BuiltIn {
  readonly without: readonly ("notification" | "interleave" | "xpath" | "candidate")[];
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

/** Certificate and key of a client, in PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What it takes to reach a target over TLS; certificates and keys in PEM. */
export interface TlsAccess extends Partial<ClientCertificate> {
  /** Authority of its certificate; default those that Node.js trusts. */
  readonly ca?: string;
  /** Name that its certificate must have; default the host of its URL. */
  readonly servername?: string;
}

/** The users with other rights than the suite's own; README says what each must be kept from. */
export const userNames = ["reader", "deaf", "nobody"] as const;

export type UserName = (typeof userNames)[number];

export interface User {
  /** What the target calls it; default its name here. */
  readonly username: string;
  /** Where users come from HTTP authentication. */
  readonly password?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: ClientCertificate;
}

/** What the target keeps from `reader`. */
export interface Hidden {
  /** An event stream. */
  readonly stream?: string;
  /** A data node: a subtree filter that selects something below it, and its own local name. */
  readonly node?: { readonly filter: string; readonly name: string };
}

export interface Access {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: TlsAccess;
  readonly users: Readonly<Partial<Record<UserName, User>>>;
  readonly hidden: Hidden;
  readonly triggers: {
    readonly event?: Trigger;
    /** An event whose definition carries nacm:default-deny-all. */
    readonly guarded?: Trigger;
  };
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
  /** Where it takes TLS, when it takes none at `port`. */
  readonly tls?: { readonly host: string; readonly port: number };
  /** Gets every certificate that is shown to it, for what stands between. */
  readonly keys?: KeyRing;
  /** How it was reached, for the results file: a URL, `process`, `container`, `built-in`. */
  readonly reach: string;
  /** Contract control line (design §4): emit, restart, reset-log, drop. Absent when there is no channel. */
  readonly control?: (line: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Of the role client: how it is given its tasks. */
  readonly client?: ClientUnderTest;
  stop(): Promise<void>;
}
