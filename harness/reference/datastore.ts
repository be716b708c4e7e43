import { CONFIG } from "./names.ts";
import { type Element, element } from "./xml-tree.ts";

/** The running configuration: immutable trees, so a failed edit leaves nothing behind. */
export interface Datastore {
  /** Top-level elements. */
  read(): readonly Element[];
  write(data: readonly Element[]): void;
}

export function createDatastore(): Datastore {
  const leaf = (name: string, text: string): Element => element(CONFIG, name, text);
  const entry = element(CONFIG, "entry", leaf("name", "first"), leaf("value", "Grüße & <Zeichen> 漢字 😀"));
  const settings = element(CONFIG, "settings", leaf("label", "reference"), leaf("level", "1"));
  let data: readonly Element[] = [element(CONFIG, "reference", entry, settings)];
  return {
    read: () => data,
    write(next) {
      data = next;
    },
  };
}
