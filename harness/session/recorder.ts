/** Records what happens in a case, and turns a transcript into JSON lines and back. */
import type { Entry, Role, Transcript } from "../judge/types.ts";
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
  const lines = text.split("\n").filter((line) => line !== "");
  const header = parseLine(lines[0] ?? "", 1) as HeaderLine;
  if (header.schema !== "ncwspec-transcript/1")
    throw new Error('line 1: not a transcript (schema "ncwspec-transcript/1" expected)');
  const entries: Entry[] = [];
  for (const [index, line] of lines.slice(1).entries()) {
    const isLast = index === lines.length - 2;
    if (isLast && !text.endsWith("\n")) break;
    const entry = parseLine(line, index + 2) as Entry & { data: string };
    entries.push(
      entry.type === "bytes" ? { ...entry, data: new Uint8Array(Buffer.from(entry.data, "base64")) } : entry,
    );
  }
  return {
    transcript: { case: header.case, dialect: header.dialect, role: header.role, entries },
    header: { ...header },
  };
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`line ${number}: not JSON`);
  }
}
