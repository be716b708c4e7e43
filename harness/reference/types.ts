/**
 * The seam between a WebSocket (ours or a stranger's) and the reference's NETCONF engine. The engine
 * knows messages and sessions only; it is used in the same process by the built-in server, and over
 * standard input and output by bridges in other languages (engine-stdio).
 */
export interface EnginePeer {
  readonly username: string;
  readonly sourceHost: string;
  /** One NETCONF message, to be put into one WebSocket text message. */
  send(message: string): void;
  /** The session is over; close the WebSocket with this code. */
  close(code: number, reason: string): void;
}

export interface EngineSession {
  readonly id: number;
  receive(message: string): void;
  /** The transport is gone: `closed` by an orderly WebSocket close, `dropped` otherwise. */
  gone(how: "closed" | "dropped"): void;
}

export interface EmitOptions {
  /** `event` (default), or `guarded-event`, whose definition carries nacm:default-deny-all. */
  readonly type?: string;
  /** Stream besides NETCONF that also carries it. */
  readonly stream?: string;
  /** Mark that tells this event from others; written in the event's `token` leaf. */
  readonly token: string;
  readonly eventClass?: string;
  readonly card?: string;
  readonly severity?: string;
  readonly operState?: string;
  /** RFC 3339 generation time; default now. */
  readonly eventTime?: string;
}

export interface Engine {
  /** Opens a session and sends the server hello at once (RFC 6241 §8.1). */
  open(peer: EnginePeer): EngineSession;
  emit(event: EmitOptions): void;
  resetLog(): void;
  /** Drops all but the newest events from every replay log. */
  ageOut(keep: number): void;
  /** Ends all sessions (a restart of the server): subscriptions and locks are gone. */
  restart(): void;
}
