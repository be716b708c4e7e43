/** A client under test as the suite sees it: it is given a task, tells what it did, and obeys control lines (CONTRIBUTING.md, "Client contract"). */
import type { DialectName } from "../wire/types.ts";

/** What a client is asked to do in a case. */
export interface Task {
  /** The true case id. */
  readonly case: string;
  readonly dialect: DialectName;
  readonly url: string;
  /** The subprotocol to offer; "" for none. */
  readonly subprotocol: string;
  readonly stream?: string;
  /** Content of a subtree filter. */
  readonly filter?: string;
  readonly startTime?: string;
  readonly stopTime?: string;
}

/** A line of JSON that a client prints: `{ "report": "hello", ... }`. */
export type Report = Readonly<Record<string, unknown>>;

/** A line of JSON that it is sent: `{ "close": true }`. */
export type ControlLine = Readonly<Record<string, unknown>>;

/** What a client says that it can do beside the wire; empty where it has said nothing. */
export interface Offers {
  /** Words of the control lines that it obeys: `close`, `rpc`, `connect`. */
  readonly control: readonly string[];
  /** Kinds of reports that it makes: `notification`, `closed`, ... */
  readonly reports: readonly string[];
}

/** A client at work on one task. */
export interface ClientRun {
  /** The task as it was given, URL included: a mutant's proxy has another one than the listener. */
  readonly task: Task;
  /** Gets every report from now on, those made before first. */
  onReport(take: (report: Report) => void): void;
  /** @throws TargetUnreachable when the client hears nothing any more */
  control(line: ControlLine): Promise<void>;
  /** Settles when it is done with the task: its exit status, or what ended it. */
  readonly ended: Promise<number | string>;
  /** What it printed last, for messages; "" where nothing. */
  lastOutput(): string;
  /** Ends its work on the task, whatever it waits for. */
  stop(): Promise<void>;
}

export interface ClientUnderTest {
  /** As known so far: a client tells it when it is first started. */
  readonly offers: Offers;
  /** Milliseconds it may take until it comes to the URL of a task. */
  readonly arrival: number;
  /**
   * Starts it on a task.
   * @param arrived resolves to something when it has come to the URL of the task, to undefined when it is too late
   */
  start(task: Task, arrived: Promise<unknown>): Promise<ClientRun>;
}

/** "I do not implement this case": exit status of a process, `exit` of a task that is done. */
export const notImplemented = 127;

/** The environment of the contract; what a case does not ask for is absent. */
export function taskEnvironment(task: Task): Readonly<Record<string, string>> {
  const { case: id, dialect, url, subprotocol, stream, filter, startTime, stopTime } = task;
  const asked = { NCWS_STREAM: stream, NCWS_FILTER: filter, NCWS_START_TIME: startTime, NCWS_STOP_TIME: stopTime };
  return {
    NCWS_CONTRACT: "1",
    NCWS_ROLE: "client",
    NCWS_CASE: id,
    NCWS_DIALECT: dialect,
    NCWS_SUBPROTOCOL: subprotocol,
    NCWS_URL: url,
    NCWS_TLS: "off",
    ...Object.fromEntries(Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

/** What a readiness line says. */
export interface Announcement extends Offers {
  readonly version?: string;
  readonly reuse: boolean;
}

/** A line of a client's output as JSON object; undefined for log. */
export function jsonLine(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** The readiness line; undefined when it is none. */
export function announcementIn(said: Readonly<Record<string, unknown>>): Announcement | undefined {
  if (said["ready"] !== true) return undefined;
  const { control, reports, reuse, version } = said;
  return {
    control: isTexts(control) ? control : [],
    reports: isTexts(reports) ? reports : [],
    reuse: reuse === true,
    ...(typeof version === "string" ? { version } : {}),
  };
}
