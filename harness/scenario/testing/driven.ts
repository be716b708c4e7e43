/** A drive against a scripted server, for tests. */
import { type ScriptedServer, type ServerSide, scriptedServer } from "../../session/testing/scripted-server.ts";
import type { RunningTarget, TargetFile } from "../../target/types.ts";
import type { DialectName } from "../../wire/types.ts";
import type { Facts } from "../context.ts";
import { type DriveOutcome, drive } from "../drive.ts";
import type { Case, Step } from "../types.ts";

export type Script = (side: ServerSide, index: number) => Promise<void> | void;

export interface Driven extends DriveOutcome {
  readonly server: ScriptedServer;
}

export interface DrivenOptions {
  readonly dialect?: DialectName;
  readonly steps: readonly Step[];
  readonly script?: Script;
  readonly facts?: Partial<Facts>;
  readonly access?: Partial<TargetFile["access"]>;
  readonly claims?: Partial<TargetFile["claims"]>;
  readonly control?: RunningTarget["control"];
  readonly signal?: AbortSignal;
  /** Port of a server instead of the script's. */
  readonly port?: number;
}

/** Deadlines that no test which gets what it waits for runs into. */
export const deadlines = { connect: 2000, reply: 2000, close: 2000, event: 2000, quiet: 100 };
/** Deadlines for what shall not come. */
export const soon = { connect: 60, reply: 60, close: 60, event: 60, quiet: 20 };

export function caseOf(steps: readonly Step[], dialect: DialectName = "rfc6455"): Case {
  const scenario = { id: "test/case", title: "A case", role: "server" as const, needs: [], covers: [] };
  const rest = { exclusive: false, drive: steps, judge: [], rests: [], file: "test.yaml" };
  const bound = { suite: "test", dialect, title: "A case", drive: steps, judge: [], requirements: [] };
  return { id: `test/case@${dialect}`, scenario: { ...scenario, ...rest }, ...bound };
}

export function targetAt(port: number, { access, claims, control }: Partial<DrivenOptions> = {}): RunningTarget {
  const limits = { message: 1 << 20, sessions: 8 };
  const encapsulation = { opcode: "text", framing: "none" } as const;
  const file: TargetFile = {
    name: "scripted",
    role: "server",
    reach: { url: "ws://127.0.0.1/" },
    claims: { subprotocol: "netconf", encapsulation, capabilities: "from-hello", limits, settings: {}, ...claims },
    access: { headers: {}, users: {}, hidden: {}, triggers: {}, deadlines, ...access },
    folder: ".",
  };
  const reached = { host: "127.0.0.1", port, path: "/netconf", secure: false, reach: "test" };
  return { file, ...reached, ...(control ? { control } : {}), stop: async () => undefined };
}

/** Runs the steps; the server is closed afterwards. */
export async function driven(options: DrivenOptions): Promise<Driven> {
  const { dialect = "rfc6455", script = () => undefined } = options;
  const server = await scriptedServer(dialect, script);
  try {
    const outcome = await drive({
      case: caseOf(options.steps, dialect),
      target: targetAt(options.port ?? server.port, options),
      facts: { capabilities: [], streams: [], clockOffsetMs: 0, sessionEvents: [], ...options.facts },
      random: (size) => Buffer.alloc(size, 5),
      serial: "t",
      clock: () => Date.UTC(2026, 0, 1),
      signal: options.signal ?? new AbortController().signal,
    });
    return { ...outcome, server };
  } finally {
    await server.close();
  }
}
