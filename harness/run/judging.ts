/**
 * Where transcripts are judged: in the thread that drives, or a long one in a thread of its own beside it, so that its
 * judgement holds up no deadline of another case; for a short one the way there costs more than it saves. Judging is a
 * pure function of the transcript, so it may happen anywhere. Node cannot start a thread from TypeScript sources; there
 * it happens in the caller's.
 */
import { Worker } from "node:worker_threads";
import type { Catalogue } from "../judge/catalogue.ts";
import { type Judgement, type JudgeOptions, judge } from "../judge/judge.ts";
import type { Entry, Transcript } from "../judge/types.ts";

export type Case = Omit<JudgeOptions, "catalogue">;

export interface Judging {
  /** Rejects where `judge` throws: the suite's fault. */
  judge(transcript: Transcript, options: Case): Promise<Judgement>;
  close(): Promise<void>;
}

/** A transcript beyond either takes some ten milliseconds to judge. */
const short = { entries: 500, bytes: 128 * 1024 };

/** @param requirements folder of the catalogue, which the thread reads for itself */
export function startJudging(catalogue: Catalogue, requirements: string): Judging {
  const here = judgeHere(catalogue);
  if (import.meta.url.endsWith(".ts")) return here;
  let beside: Judging | undefined;
  return {
    judge(transcript, options) {
      if (!isLong(transcript)) return here.judge(transcript, options);
      beside ??= inItsOwn(requirements);
      return beside.judge(transcript, options);
    },
    close: async () => beside?.close(),
  };
}

export function isLong({ entries }: Transcript): boolean {
  return entries.length > short.entries || bytesIn(entries) > short.bytes;
}

function bytesIn(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + (entry.type === "bytes" ? entry.data.length : 0), 0);
}

/** Judges in the caller's thread. */
export function judgeHere(catalogue: Catalogue): Judging {
  return { judge: async (transcript, options) => judge(transcript, { ...options, catalogue }), close: async () => {} };
}

/** A transcript as it crosses threads: its bytes in one piece, so that no socket's buffer is copied with them. */
export interface Packed {
  readonly transcript: Omit<Transcript, "entries">;
  readonly entries: readonly (Entry | PackedBytes)[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type PackedBytes = Omit<Extract<Entry, { type: "bytes" }>, "data"> & { readonly data: readonly [number, number] };

export interface Question extends Packed {
  readonly id: number;
  readonly options: Case;
}

export type Answer =
  | { readonly id: number; readonly judgement: Judgement }
  | { readonly id: number; readonly fault: string };

interface Waiting {
  readonly resolve: (judgement: Judgement) => void;
  readonly reject: (error: Error) => void;
}

function inItsOwn(requirements: string): Judging {
  const worker = new Worker(new URL("./judging-worker.js", import.meta.url), { workerData: requirements });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let fault: Error | undefined;
  const fail = (error: Error) => {
    fault ??= error;
    for (const asker of waiting.values()) asker.reject(fault);
    waiting.clear();
  };
  worker.on("message", (answer: Answer) => {
    const asker = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("fault" in answer) asker?.reject(new Error(answer.fault));
    else asker?.resolve(answer.judgement);
  });
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("the thread that judges has ended")));
  return {
    judge: (transcript, options) =>
      new Promise((resolve, reject) => {
        if (fault) return reject(fault);
        asked += 1;
        waiting.set(asked, { resolve, reject });
        const question: Question = { id: asked, options, ...pack(transcript) };
        worker.postMessage(question, [question.bytes.buffer]);
      }),
    async close() {
      await worker.terminate();
    },
  };
}

function pack({ entries, ...transcript }: Transcript): Packed {
  const bytes = new Uint8Array(bytesIn(entries));
  let offset = 0;
  const packed = entries.map((entry) => {
    if (entry.type !== "bytes") return entry;
    const place = [offset, entry.data.length] as const;
    bytes.set(entry.data, offset);
    offset += entry.data.length;
    return { ...entry, data: place };
  });
  return { transcript, entries: packed, bytes };
}

/** The transcript again, its bytes views of the one piece. */
export function unpack({ transcript, entries, bytes }: Packed): Transcript {
  const unpacked = entries.map((entry) => {
    if (entry.type !== "bytes" || entry.data instanceof Uint8Array) return entry as Entry;
    const [offset, length] = entry.data as readonly [number, number];
    return { ...entry, data: bytes.subarray(offset, offset + length) };
  });
  return { ...transcript, entries: unpacked };
}
