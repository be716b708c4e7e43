/**
 * A transcript read: for each connection the handshake, frames, messages, closes and TCP ends of both
 * directions, decoded from the recorded bytes alone, and the labelled steps of the drive. Pure.
 */
import { type ReadMessage, readPayload } from "../netconf/index.ts";
import { dialects } from "../wire/index.ts";
import type {
  Breach,
  CloseEvent,
  Decoder,
  Dialect,
  DialectName,
  End,
  Frame,
  Request,
  Response,
  WireEvent,
} from "../wire/types.ts";
import type { Entry, Role, Transcript } from "./types.ts";

/** Where in the transcript a thing was complete. */
interface Placed {
  /** Index of the entry; what one TCP segment brought shares it. */
  readonly at: number;
  /** Tells before from behind within one entry too: no two things of a conversation have the same. */
  readonly order: number;
  readonly t: number;
  readonly from: End;
}

export type SeenFrame = Placed & { readonly frame: Frame };
export type SeenClose = Placed & Pick<CloseEvent, "code" | "reason">;
export type SeenBreach = Placed & { readonly breach: Breach };
export type SeenEnd = Placed & { readonly how: "fin" | "reset" };
/** Where bytes of `from` are missing. */
export type SeenLoss = Placed;

export type SeenMessage = Placed &
  ReadMessage & {
    readonly kind: "text" | "binary";
    readonly data: Uint8Array;
    readonly frames: number;
  };

export type StepEntry = Extract<Entry, { type: "step" }>;
export type SeenStep = { readonly at: number; readonly entry: StepEntry };

/** One connection as it was seen from outside: what both ends sent, decoded. */
export interface ConnectionView {
  readonly name: string;
  readonly dialect: Dialect;
  readonly connected: boolean;
  /** Index of the entry that opened it; -1 where its beginning was not seen. */
  readonly openedAt: number;
  readonly request?: Request;
  readonly requestAt: number;
  /** Where the head of the response was complete (hybi-00: before the 16 bytes). */
  readonly headAt?: number;
  readonly response?: Placed & { readonly value: Response };
  /** Bytes of the opening request where it is judged from them, at most 64 KiB; empty where the suite sent it. */
  readonly asked: Uint8Array;
  readonly responseMalformed: boolean;
  /** Bytes of the handshake answer: of a whole response those up to its end, of anything else at most 64 KiB. */
  readonly answer: Uint8Array;
  readonly frames: readonly SeenFrame[];
  readonly messages: readonly SeenMessage[];
  readonly closes: readonly SeenClose[];
  readonly breaches: readonly SeenBreach[];
  readonly ends: readonly SeenEnd[];
  readonly losses: readonly SeenLoss[];
  /** All that went before is known: false for a part of a connection that begins behind a loss. */
  readonly fromStart: boolean;
  /** Index of the last entry of this connection. */
  readonly lastAt: number;
}

export interface Conversation {
  readonly transcript: Transcript;
  readonly dialect: DialectName;
  /** The end under test. */
  readonly target: End;
  readonly connections: ReadonlyMap<string, ConnectionView>;
  readonly steps: readonly SeenStep[];
  /** The step with this label, if the drive came to it. */
  step(label: string): SeenStep | undefined;
}

type Builder = {
  -readonly [K in keyof ConnectionView]: ConnectionView[K];
} & {
  frames: SeenFrame[];
  messages: SeenMessage[];
  closes: SeenClose[];
  breaches: SeenBreach[];
  ends: SeenEnd[];
  losses: SeenLoss[];
  /** The end that the suite plays. */
  ours: End;
  requestSize: number;
  head: { client: Buffer; server: Buffer };
  /** What the client sends is no frames: its request is none, is of another dialect, or was refused. */
  clientIsUnread: boolean;
  decoders: { client?: Decoder; server?: Decoder };
  /** Directions in which bytes were lost and no border of frames is found again, or no beginning of a message. */
  readonly searching: Set<End>;
  readonly inMessage: Set<End>;
  /** Gives each thing its place among all. */
  readonly next: () => number;
};

const roleOfEnd: Record<Role, End> = { server: "server", client: "client" };
const otherEnd: Record<End, End> = { client: "server", server: "client" };

/** Reads a transcript. Never throws on what a peer sent. */
export function readConversation(transcript: Transcript): Conversation {
  const builders = new Map<string, Builder>();
  const steps: SeenStep[] = [];
  let order = 0;
  const next = () => order++;
  const connection = (name: string): Builder => {
    const known = builders.get(name);
    if (known) return known;
    const made = newBuilder(name, dialects[transcript.dialect], otherEnd[roleOfEnd[transcript.role]], next);
    builders.set(name, made);
    return made;
  };
  for (const [at, entry] of transcript.entries.entries()) {
    if (entry.type === "step") {
      steps.push({ at, entry });
      if (entry.conn !== undefined && entry.step === "request") noteRequest(connection(entry.conn), at, entry);
      continue;
    }
    const view = connection(entry.conn);
    view.lastAt = at;
    if (entry.type === "tcp") noteTcp(view, at, entry);
    else noteBytes(view, at, entry);
  }
  return {
    transcript,
    dialect: transcript.dialect,
    target: roleOfEnd[transcript.role],
    connections: builders,
    steps,
    step: (label) => steps.find((step) => step.entry.label === label),
  };
}

function newBuilder(name: string, dialect: Dialect, ours: End, next: () => number): Builder {
  return {
    name,
    ours,
    dialect,
    connected: false,
    openedAt: -1,
    requestAt: -1,
    asked: new Uint8Array(),
    responseMalformed: false,
    answer: new Uint8Array(),
    frames: [],
    messages: [],
    closes: [],
    breaches: [],
    ends: [],
    losses: [],
    fromStart: true,
    lastAt: -1,
    requestSize: 0,
    head: { client: Buffer.alloc(0), server: Buffer.alloc(0) },
    clientIsUnread: false,
    decoders: {},
    searching: new Set(),
    inMessage: new Set(),
    next,
  };
}

function noteRequest(view: Builder, at: number, entry: StepEntry): void {
  const facts = entry.detail?.["request"] as Omit<Request, "bytes"> | undefined;
  if (!facts) return;
  view.request = { ...facts, bytes: new Uint8Array() };
  view.requestSize = entry.detail?.["size"] as number;
  view.requestAt = at;
  if (view.head.server.length > 0) readServerHead(view, at, entry.t);
}

function noteTcp(view: Builder, at: number, entry: Extract<Entry, { type: "tcp" }>): void {
  if (entry.event === "open") {
    view.connected = true;
    view.openedAt = at;
  }
  if (entry.event === "lost") noteLoss(view, at, entry);
  if (entry.event !== "fin" && entry.event !== "reset") return;
  view.ends.push({ at, order: view.next(), t: entry.t, from: entry.from, how: entry.event });
  const decoder = view.decoders[entry.from];
  if (decoder && entry.event === "fin") takeEvents(view, decoder.end(), at, entry.t, entry.from);
}

/** A direction goes on at the next segment that is whole frames; a handshake of which a part is lost is not read. */
function noteLoss(view: Builder, at: number, { from, t }: Extract<Entry, { type: "tcp" }>): void {
  view.losses.push({ at, order: view.next(), t, from });
  delete view.decoders[from];
  view.searching.add(from);
  if (from === "client" && !view.request) view.searching.add("server");
}

/** Whether bytes are whole frames of the dialect, so that a reader may begin with them. */
function isWholeFrames(dialect: Dialect, from: End, bytes: Uint8Array): boolean {
  const trial = dialect.decoder(from);
  const events = [...trial.push(bytes), ...trial.end()];
  return !trial.failed && events.some(({ type }) => type === "frame") && !events.some(({ type }) => type === "breach");
}

function noteBytes(view: Builder, at: number, entry: Extract<Entry, { type: "bytes" }>): void {
  if (view.searching.has(entry.from)) {
    if (view.clientIsUnread || !isWholeFrames(view.dialect, entry.from, entry.data)) return;
    view.searching.delete(entry.from);
    view.inMessage.add(entry.from);
    startDecoder(view, entry.from, entry.data, at, entry.t);
    return;
  }
  const decoder = view.decoders[entry.from];
  if (decoder) {
    takeEvents(view, decoder.push(entry.data), at, entry.t, entry.from);
    return;
  }
  if (entry.from === "client") {
    if (view.clientIsUnread) return;
    view.head.client = Buffer.concat([view.head.client, entry.data]);
    readClientHead(view, at, entry.t);
  } else if (view.response === undefined) {
    // Behind a refusal stands its body; what is no response is kept as evidence, within bounds.
    view.head.server = Buffer.concat([view.head.server, entry.data]).subarray(0, view.request ? undefined : maxAnswer);
    if (view.responseMalformed) view.answer = view.head.server = view.head.server.subarray(0, maxAnswer);
    else readServerHead(view, at, entry.t);
  }
}

/** Most bytes that are kept of an answer that is no response, or of a request that is none: as many as a head may have. */
const maxAnswer = 64 * 1024;

/** Our own request is known from its step; a recording made elsewhere has only the bytes. */
function readClientHead(view: Builder, at: number, t: number): void {
  const bytes = view.head.client;
  if (!view.request) {
    const reading = view.dialect.readRequest(bytes);
    view.asked = bytes.subarray(0, reading.state === "complete" ? reading.consumed : maxAnswer);
    if (reading.state === "incomplete") return;
    for (const breach of reading.breaches) view.breaches.push({ at, order: view.next(), t, from: "client", breach });
    view.clientIsUnread = reading.state === "malformed";
    if (reading.state === "malformed") return;
    view.request = reading.value;
    view.requestAt = at;
    view.clientIsUnread = isForeign(view);
    if (!view.clientIsUnread) startDecoder(view, "client", bytes.subarray(reading.consumed), at, t);
    return;
  }
  if (bytes.length >= view.requestSize) startDecoder(view, "client", bytes.subarray(view.requestSize), at, t);
}

function readServerHead(view: Builder, at: number, t: number): void {
  const bytes = view.head.server;
  view.answer = bytes.subarray(0, maxAnswer);
  if (!view.request) return;
  const reading = view.dialect.readResponse(bytes, view.request);
  if (reading.state === "incomplete") {
    if (reading.head && view.headAt === undefined) view.headAt = at;
    return;
  }
  view.headAt ??= at;
  const foreign = isForeign(view) || (reading.state === "complete" && isHixie75(view, reading.value));
  if (!foreign)
    for (const breach of reading.breaches) view.breaches.push({ at, order: view.next(), t, from: "server", breach });
  if (reading.state === "malformed") {
    view.responseMalformed = true;
    return;
  }
  view.answer = bytes.subarray(0, reading.consumed);
  view.response = { at, order: view.next(), t, from: "server", value: reading.value };
  view.head.server = Buffer.alloc(0);
  const isRead = reading.value.status === 101 && !hasExtension(view, reading.value);
  if (isRead && !foreign) startDecoder(view, "server", bytes.subarray(reading.consumed), at, t);
  if (!isRead) stopReading(view);
}

/**
 * Two peers that are watched agreed on an extension, such as permessage-deflate: what their frames hold is not read.
 * The suite itself never agrees on one.
 */
function hasExtension({ asked, request }: Builder, { headers }: Response): boolean {
  const value = headers.find(({ name }) => name.toLowerCase() === "sec-websocket-extensions")?.value ?? "";
  const nameOf = (extension: string) => (extension.split(";")[0] ?? "").trim().toLowerCase();
  const offered = request?.extensions.map(nameOf) ?? [];
  return asked.length > 0 && nameOf(value) !== "" && offered.includes(nameOf(value.split(",")[0] ?? ""));
}

/** Behind a refusal no frames go: what the client still sends may be another HTTP request. */
function stopReading(view: Builder): void {
  view.clientIsUnread = true;
  delete view.decoders.client;
}

/** The request asks for another dialect than the connection's: what follows is none of this one's business. */
function isForeign({ request, dialect }: Builder): boolean {
  return request?.dialect !== undefined && request.dialect !== dialect.name;
}

/** An answer of hixie-75 to a request that names no dialect: the rules of ours say nothing of what it holds. */
function isHixie75({ request }: Builder, { headers }: Response): boolean {
  return request?.dialect === undefined && headers.some(({ name }) => /^websocket-(origin|location)$/i.test(name));
}

/** Behind a loss a message may go on whose beginning nobody saw. */
function isOfLostMessage({ inMessage }: Builder, from: End, event: WireEvent): boolean {
  if (event.type === "frame" && (event.frame.kind === "text" || event.frame.kind === "binary")) inMessage.delete(from);
  return event.type === "breach" && event.rule === "continuation-without-start" && inMessage.has(from);
}

function startDecoder(view: Builder, from: End, rest: Uint8Array, at: number, t: number): void {
  const decoder = view.dialect.decoder(from);
  view.decoders[from] = decoder;
  if (rest.length > 0) takeEvents(view, decoder.push(rest), at, t, from);
}

function takeEvents(view: Builder, events: ReturnType<Decoder["push"]>, at: number, t: number, from: End): void {
  for (const event of events) {
    if (isOfLostMessage(view, from, event)) continue;
    const place = { at, order: view.next(), t, from };
    if (event.type === "frame") view.frames.push({ ...place, frame: event.frame });
    else if (event.type === "breach") view.breaches.push({ ...place, breach: event });
    else if (event.type === "message") {
      const { kind, data, frames } = event;
      view.messages.push({ ...place, kind, data, ...readPayload(data, from === view.ours), frames });
    } else {
      const said = event.code === undefined ? {} : { code: event.code, reason: event.reason ?? "" };
      view.closes.push({ ...place, ...said });
    }
  }
}
