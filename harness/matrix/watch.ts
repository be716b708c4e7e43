/** What a pair does on the wire, as it comes: the recorded entries, and waiting for something among them. */
import { readConversation } from "../judge/conversation.ts";
import type { Entry, Transcript } from "../judge/types.ts";
import { startDeadline } from "../session/deadline.ts";
import type { Recorder } from "../session/recorder.ts";
import { type MarksOf, type Missing, missing, type Wanted } from "./progress.ts";

export interface PairWatch {
  readonly recorder: Recorder;
  transcript(): Transcript;
  /**
   * Resolves when the pair has shown what is wanted (to undefined), or cannot any more, or has shown nothing new for so
   * many milliseconds.
   * @param marksOf the occurrences of an event that are wanted
   * @param isOver nothing more can come, whatever the wire says
   */
  until(wanted: Wanted, milliseconds: number, marksOf: MarksOf, isOver: () => boolean): Promise<Missing | undefined>;
  /** Something happened beside the wire that may end a wait. */
  look(): void;
}

/** A pair that keeps sending is waited for so many times as long as one that is silent. */
const patience = 8;

/** @param about case and dialect of the transcript */
export function watchPair(about: Pick<Transcript, "case" | "dialect">, recorder: Recorder): PairWatch {
  const waiting = new Set<() => void>();
  const transcript = (): Transcript => ({ ...about, role: "server", entries: recorder.entries });
  const look = () => {
    for (const one of [...waiting]) one();
  };
  const watched: Recorder = {
    entries: recorder.entries,
    add(entry) {
      const at = recorder.add(entry);
      look();
      return at;
    },
  };
  return {
    recorder: watched,
    transcript,
    look,
    until: (wanted, milliseconds, marksOf, isOver) =>
      new Promise((resolve) => {
        let seen = recorder.entries.length;
        let turns = patience;
        let cancel = () => {};
        const lack = () => missing(readConversation(transcript()), wanted, marksOf);
        const settle = (outcome: Missing | undefined) => {
          waiting.delete(check);
          cancel();
          resolve(outcome);
        };
        const check = () => {
          const now = lack();
          if (now === undefined || now.over || isOver()) settle(now);
        };
        const wait = () => {
          cancel = startDeadline(milliseconds, () => {
            turns -= 1;
            if (seen === recorder.entries.length || turns === 0) return settle(lack());
            seen = recorder.entries.length;
            wait();
          });
        };
        waiting.add(check);
        wait();
        check();
      }),
  };
}

/** No connection of the pair is open: each that was opened has ended in some way. */
export function hasEnded(entries: readonly Entry[]): boolean {
  const open = new Set<string>();
  for (const entry of entries) {
    if (entry.type !== "tcp") continue;
    if (entry.event === "open") open.add(entry.conn);
    else open.delete(entry.conn);
  }
  return open.size === 0;
}
