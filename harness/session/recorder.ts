/** Records what happens in a case, and turns a transcript into JSON lines and back. */
import type { Entry, Role, Transcript } from "../judge/types.ts";
import { dialects } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";

type Omitted<T> = T extends Entry ? Omit<T, "t"> : never;

export interface Recorder {
  /** Appends an entry, stamped with milliseconds since the recorder was made; returns its index. */
  add(entry: Omitted<Entry>): number;
  readonly entries: readonly Entry[];
}

export function startRecorder(): Recorder {
  const entries: Entry[] = [];
  const start = performance.now();
  return {
    entries,
    add(entry) {
      const t = Math.round((performance.now() - start) * 1000) / 1000;
      entries.push({ ...entry, t } as Entry);
      return entries.length - 1;
    },
  };
}

interface HeaderLine {
  readonly schema: "ncwspec-transcript/1";
  readonly case: string;
  readonly dialect: DialectName;
  readonly role: Role;
  readonly [more: string]: unknown;
}

/** One header line, then one line an entry; bytes in base64. `header` adds what a re-judgement needs (scenario, parameters). */
export function transcriptToJsonLines(transcript: Transcript, header: Readonly<Record<string, unknown>> = {}): string {
  const first: HeaderLine = {
    schema: "ncwspec-transcript/1",
    case: transcript.case,
    dialect: transcript.dialect,
    role: transcript.role,
    ...header,
  };
  const lines = [JSON.stringify(first)];
  for (const entry of transcript.entries) {
    lines.push(
      JSON.stringify(entry.type === "bytes" ? { ...entry, data: Buffer.from(entry.data).toString("base64") } : entry),
    );
  }
  return `${lines.join("\n")}\n`;
}

/** @throws Error with the line number when the text is no transcript; a cut last line is dropped (the writer was interrupted). */
export function transcriptFromJsonLines(text: string): { transcript: Transcript; header: Record<string, unknown> } {
  const lines = text.split("\n").map((line, index) => ({ line, number: index + 1 }));
  // Behind the last line end stands nothing, or what an interrupted writer left.
  const whole = (lines.length > 1 ? lines.slice(0, -1) : lines).filter(({ line }) => line.trim() !== "");
  const header = readHeader(whole[0] ?? { line: "", number: 1 });
  const entries = whole.slice(1).map(readEntry);
  return {
    transcript: { case: header.case, dialect: header.dialect, role: header.role, entries },
    header: { ...header },
  };
}

interface NumberedLine {
  readonly line: string;
  readonly number: number;
}

function readHeader(first: NumberedLine): HeaderLine {
  const header = readObject(first);
  if (header["schema"] !== "ncwspec-transcript/1")
    throw new Error(`line ${first.number}: not a transcript (schema "ncwspec-transcript/1" expected)`);
  const isKnown =
    typeof header["case"] === "string" &&
    Object.hasOwn(dialects, String(header["dialect"])) &&
    (header["role"] === "server" || header["role"] === "client");
  if (!isKnown) throw new Error(`line ${first.number}: case, dialect or role is missing or unknown`);
  return header as unknown as HeaderLine;
}

const isText = (value: unknown): boolean => typeof value === "string";
const isEnd = (value: unknown): boolean => value === "client" || value === "server";
const tcpEvents: readonly unknown[] = ["open", "fin", "reset", "refused", "lost"];

/** What an entry of each type must hold. */
const fits: Readonly<Record<Entry["type"], (entry: Readonly<Record<string, unknown>>) => boolean>> = {
  bytes: (entry) => isText(entry["conn"]) && isEnd(entry["from"]) && isText(entry["data"]),
  tcp: (entry) => isText(entry["conn"]) && isEnd(entry["from"]) && tcpEvents.includes(entry["event"]),
  step: (entry) => isText(entry["step"]) && (entry["detail"] === undefined || isObject(entry["detail"])),
};

function readEntry(numbered: NumberedLine): Entry {
  const entry = readObject(numbered);
  const type = String(entry["type"]) as Entry["type"];
  if (!Object.hasOwn(fits, type) || typeof entry["t"] !== "number" || !fits[type](entry))
    throw new Error(`line ${numbered.number}: not an entry of a transcript`);
  if (type !== "bytes") return entry as unknown as Entry;
  return { ...entry, data: new Uint8Array(Buffer.from(String(entry["data"]), "base64")) } as unknown as Entry;
}

function readObject({ line, number }: NumberedLine): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`line ${number}: not JSON`);
  }
  if (!isObject(value)) throw new Error(`line ${number}: not a JSON object`);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
