/** From what stands in a target file to a whole one: defaults, units, files that it names. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { certificateOf, type RawTls, tlsOf } from "./certificates.ts";
import { duration, size } from "./quantity.ts";
import type {
  Access,
  Claims,
  ContainerReach,
  Hidden,
  ProcessReach,
  Startable,
  TargetFile,
  Trigger,
  User,
  UserName,
} from "./types.ts";

/** What a target claims that says nothing. */
export const noClaims: Claims = {
  subprotocol: "netconf",
  encapsulation: { opcode: "text", framing: "none" },
  capabilities: "from-hello",
  limits: { message: 1024 ** 2, sessions: 8 },
  settings: {},
};

/** How a target is reached and provoked that says nothing; milliseconds. */
export const plainAccess: Access = {
  headers: {},
  users: {},
  hidden: {},
  triggers: { event: { session: true } },
  deadlines: { connect: 2000, reply: 2000, close: 2000, event: 2000, quiet: 300 },
};

/** A target file that fits the schema. */
export interface RawTargetFile {
  readonly name: string;
  readonly version?: string;
  readonly role?: TargetFile["role"];
  readonly reach:
    | Exclude<TargetFile["reach"], Startable>
    | {
        readonly process?: Omit<ProcessReach, "startUp"> & { readonly startUp?: string };
        readonly container?: Omit<ContainerReach, "port"> & { readonly port?: number };
      };
  readonly claims?: Partial<Omit<Claims, "limits" | "encapsulation">> & {
    readonly encapsulation?: Partial<Claims["encapsulation"]>;
    readonly limits?: { readonly message?: string | number; readonly sessions?: number; readonly jobs?: number };
  };
  readonly access?: {
    readonly headers?: Access["headers"];
    readonly tls?: RawTls;
    readonly users?: Readonly<Partial<Record<UserName, RawUser>>>;
    readonly hidden?: Hidden;
    readonly triggers?: { readonly event?: RawTrigger; readonly guarded?: RawTrigger };
    readonly deadlines?: Readonly<Record<string, string>>;
  };
}

type RawTrigger = Trigger | "emit" | "session";

type RawUser = Partial<Omit<User, "tls">> & { readonly tls?: Pick<RawTls, "cert" | "key"> };

/** Reports what is wrong at a place; does not return. */
export type Fail = (keys: readonly string[], message: string) => never;

/** @param folder folder of the file, against which its paths are resolved */
export function complete(raw: RawTargetFile, folder: string, fail: Fail): TargetFile {
  const event = triggerOf("event", raw, folder, fail) ?? { session: true };
  const guarded = triggerOf("guarded", raw, folder, fail);
  const { access = {} } = raw;
  return {
    name: raw.name,
    ...(raw.version === undefined ? {} : { version: raw.version }),
    role: raw.role ?? "server",
    reach: reachOf(raw.reach),
    claims: claimsOf(raw.claims ?? {}),
    access: {
      headers: access.headers ?? {},
      ...(access.tls === undefined ? {} : { tls: tlsOf(access.tls, folder, ["access", "tls"], fail) }),
      users: usersOf(access.users ?? {}, folder, fail),
      hidden: access.hidden ?? {},
      triggers: { event, ...(guarded === undefined ? {} : { guarded }) },
      deadlines: { ...plainAccess.deadlines, ...durations(access.deadlines ?? {}) },
    },
    folder,
  };
}

/** Where a container listens unless the file says otherwise; any port will do, as no other container shares it. */
const containerPort = 8080;

function reachOf(raw: RawTargetFile["reach"]): TargetFile["reach"] {
  if ("url" in raw || "builtIn" in raw) return raw as TargetFile["reach"];
  const { process, container } = raw;
  return {
    ...(process && { process: processOf(process) }),
    ...(container && { container: { port: containerPort, ...container } }),
  };
}

function processOf({ startUp, ...rest }: Omit<ProcessReach, "startUp"> & { readonly startUp?: string }): ProcessReach {
  return startUp === undefined ? rest : { ...rest, startUp: duration(startUp) ?? 0 };
}

function usersOf(raw: Readonly<Partial<Record<string, RawUser>>>, folder: string, fail: Fail): Access["users"] {
  const users = Object.entries(raw).map(([name, { tls, ...user } = {}]) => {
    const own = tls && certificateOf(tls, folder, ["access", "users", name, "tls"], fail);
    return [name, { username: name, headers: {}, ...user, ...(own === undefined ? {} : { tls: own }) }];
  });
  return Object.fromEntries(users);
}

function claimsOf(raw: NonNullable<RawTargetFile["claims"]>): Claims {
  const { limits, subprotocol, encapsulation, settings, ...rest } = raw;
  const { message, ...others } = limits ?? {};
  return {
    ...noClaims,
    ...rest,
    subprotocol: subprotocol === undefined ? "netconf" : subprotocol === "none" ? null : subprotocol,
    encapsulation: { ...noClaims.encapsulation, ...encapsulation },
    settings: settingsOf(settings ?? {}),
    limits: { ...noClaims.limits, ...others, ...(message === undefined ? {} : { message: size(message) ?? 0 }) },
  };
}

/** Durations in milliseconds. */
function settingsOf(raw: Claims["settings"]): Claims["settings"] {
  const { idle } = raw;
  return idle === undefined ? raw : { ...raw, idle: duration(String(idle)) ?? 0 };
}

function durations(raw: Readonly<Record<string, string>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(raw).map(([name, text]) => [name, duration(text) ?? 0]));
}

function triggerOf(which: "event" | "guarded", raw: RawTargetFile, folder: string, fail: Fail): Trigger | undefined {
  const place = ["access", "triggers", which];
  const given = raw.access?.triggers?.[which];
  if (given === undefined) return undefined;
  const trigger: Trigger = given === "session" ? { session: true } : given === "emit" ? { emit: true } : given;
  if ("emit" in trigger && "url" in raw.reach) {
    return fail(
      place,
      "emit needs the control channel of a process or container; write { session: true } or { rpc: file.xml }",
    );
  }
  if (!("rpc" in trigger) || trigger.rpc.trimStart().startsWith("<")) return trigger;
  try {
    return { rpc: readFileSync(resolve(folder, trigger.rpc), "utf8") };
  } catch {
    return fail(
      [...place, "rpc"],
      `the file ${trigger.rpc} cannot be read; write a path relative to the target file, or the XML`,
    );
  }
}
