import type { Edit } from "./edit.ts";
import { CONFIG } from "./names.ts";
import { type Element, element } from "./xml-tree.ts";

export type DatastoreName = "running" | "candidate";

/** A configuration: immutable trees, so a failed edit leaves nothing behind. */
export interface Datastore {
  /** Top-level elements. */
  read(): readonly Element[];
  /** @param edits what made this of what was there */
  write(data: readonly Element[], edits: readonly Edit[]): void;
}

/** Shared by all sessions (RFC 6241 §8.3.1); the same as running until somebody writes to it. */
export interface Candidate extends Datastore {
  /** All edits since it was the same as running, undefined when it is. */
  readonly edits: readonly Edit[] | undefined;
  discard(): void;
}

export interface Datastores {
  readonly running: Datastore;
  readonly candidate: Candidate;
}

export function createDatastores(): Datastores {
  let data: readonly Element[] = [initial()];
  let changed: { readonly data: readonly Element[]; readonly edits: readonly Edit[] } | undefined;
  return {
    running: {
      read: () => data,
      write(next) {
        data = next;
      },
    },
    candidate: {
      read: () => changed?.data ?? data,
      write(next, edits) {
        changed = { data: next, edits: [...(changed?.edits ?? []), ...edits] };
      },
      get edits() {
        return changed?.edits;
      },
      discard() {
        changed = undefined;
      },
    },
  };
}

function initial(): Element {
  const leaf = (name: string, text: string): Element => element(CONFIG, name, text);
  const entry = element(CONFIG, "entry", leaf("name", "first"), leaf("value", "Grüße & <Zeichen> 漢字 😀"));
  const settings = element(CONFIG, "settings", leaf("label", "reference"), leaf("level", "1"));
  return element(CONFIG, "reference", entry, settings);
}
