import type { DialectName } from "../wire/types.ts";
import { openHybi00Client } from "./client-hybi-00.ts";
import { openHybi06Client } from "./client-hybi-06.ts";
import { openRfc6455Client } from "./client-rfc6455.ts";
import { type ClientSession, openClientSession, type SessionTask } from "./client-session.ts";

/** A task of the client contract. */
export interface ClientTask extends SessionTask {
  readonly case: string;
  readonly dialect: DialectName;
  readonly url: string;
}

export type ReportLine = Readonly<Record<string, unknown>>;

/** A client at work on one task. */
export interface ReferenceClient {
  /** `close`, `rpc`, `connect` and `end` of the contract. */
  control(line: ReportLine): void;
  /** Exit status; settles at `end`, or when the connection ended and nothing can be asked any more. */
  readonly done: Promise<number>;
}

/** What the reference client says of itself. */
export const clientOffers = {
  control: ["close", "rpc", "connect"],
  reports: ["open", "hello", "reply", "notification", "replayComplete", "notificationComplete", "closed", "failed"],
} as const;

/** A WebSocket as the session sees it. */
export interface ClientTransport {
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Cuts the connection. */
  destroy(): void;
}

export type Opener = (task: ClientTask, session: ClientSession) => ClientTransport;

const openers: Readonly<Record<DialectName, Opener>> = {
  "hybi-00": openHybi00Client,
  "hybi-06": openHybi06Client,
  rfc6455: openRfc6455Client,
};

/** Starts the reference client on a task. */
export function startReferenceClient(task: ClientTask, report: (line: ReportLine) => void): ReferenceClient {
  const transports = new Set<ClientTransport>();
  let current: ClientSession | undefined;
  let finish: (exit: number) => void = () => {};
  const done = new Promise<number>((resolve) => {
    finish = resolve;
  });

  function connect(): void {
    let transport: ClientTransport | undefined;
    const session = openClientSession({
      task,
      send: (text) => transport?.send(text),
      close: (code, reason) => transport?.close(code, reason),
      report,
    });
    current = session;
    const opened = openers[task.dialect](task, {
      ...session,
      ended(how) {
        if (transport) transports.delete(transport);
        session.ended(how);
      },
    });
    transport = opened;
    transports.add(opened);
  }

  connect();
  return {
    done,
    control(line) {
      if (line["connect"] === true) connect();
      else if (line["end"] !== true) current?.control(line);
      else {
        for (const transport of transports) transport.destroy();
        finish(0);
      }
    },
  };
}
