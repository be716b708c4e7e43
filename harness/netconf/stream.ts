/** The list of event streams, `netconf/streams` (RFC 5277 §3.2.5.1, §3.4). */
import { readInstant } from "./instant.ts";
import { childrenNamed, descend, elementPath, textOf } from "./tree.ts";
import type { Instant, XmlElement } from "./types.ts";
import { NS } from "./types.ts";

export interface Stream {
  readonly name?: string;
  readonly description?: string;
  readonly replaySupport?: boolean;
  /** Only where the leaf holds a valid time. */
  readonly replayLogCreationTime?: Instant;
  readonly replayLogAgedTime?: Instant;
  readonly element: XmlElement;
}

export interface StreamProblem {
  /** Catalogue entry: NTF-STR-001 to -004. */
  readonly requirement: string;
  readonly message: string;
  readonly element: XmlElement;
}

/**
 * Reads the streams below an element that holds `netconf` (the `data` of a reply), and what is wrong
 * with them: NETCONF missing, leaves missing, repeated or of another type, names repeated, a stream
 * with replay without the creation time of its log. Values are trimmed.
 */
export function readStreams(data: XmlElement): {
  readonly streams: readonly Stream[];
  readonly problems: readonly StreamProblem[];
} {
  const problems: StreamProblem[] = [];
  const report: Report = (requirement, element, message) => problems.push({ requirement, message, element });
  const list = descend(data, NS.netmod, "netconf", "streams");
  const streams =
    list === undefined ? [] : childrenNamed(list, NS.netmod, "stream").map((one) => readStream(one, report));
  if (!streams.some(({ name }) => name === "NETCONF")) {
    report("NTF-STR-001", list ?? data, "there is no netconf/streams/stream called NETCONF in the netmod namespace");
  }
  const seen = new Set<string>();
  for (const { name, element } of streams) {
    if (name === undefined) continue;
    if (seen.has(name)) report("NTF-STR-002", element, `the stream name ${JSON.stringify(name)} occurs twice`);
    seen.add(name);
  }
  return { streams, problems };
}

type Report = (requirement: string, element: XmlElement, message: string) => void;

function readStream(element: XmlElement, report: Report): Stream {
  const leaf = (local: string, mandatory: boolean): string | undefined => {
    const found = childrenNamed(element, NS.netmod, local);
    if (found.length > 1 || (mandatory && found.length === 0)) {
      report("NTF-STR-002", element, `${elementPath(element)} has ${found.length} ${local}, not one`);
    }
    return found[0] && textOf(found[0]);
  };
  const name = leaf("name", true);
  if (name === "") report("NTF-STR-002", element, `${elementPath(element)} has an empty name`);
  const description = leaf("description", true);
  const replaySupport = readBoolean(leaf("replaySupport", true), element, report);
  const created = leaf("replayLogCreationTime", false);
  const aged = leaf("replayLogAgedTime", false);
  if (replaySupport === true && created === undefined) {
    report("NTF-STR-003", element, `${elementPath(element)} supports replay but has no replayLogCreationTime`);
  }
  return {
    element,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(replaySupport === undefined ? {} : { replaySupport }),
    ...time("replayLogCreationTime", "NTF-STR-003", created, element, report),
    ...time("replayLogAgedTime", "NTF-STR-004", aged, element, report),
  };
}

/** An xs:boolean: `true`, `false`, `1` or `0`. */
function readBoolean(text: string | undefined, element: XmlElement, report: Report): boolean | undefined {
  if (text === undefined) return undefined;
  if (["true", "1"].includes(text)) return true;
  if (["false", "0"].includes(text)) return false;
  report("NTF-STR-002", element, `replaySupport is ${JSON.stringify(text)}, which is no boolean`);
  return undefined;
}

function time<K extends string>(
  leaf: K,
  requirement: string,
  text: string | undefined,
  element: XmlElement,
  report: Report,
): { readonly [P in K]?: Instant } {
  const instant = text === undefined ? undefined : readInstant(text);
  if (text !== undefined && instant === undefined) {
    report(requirement, element, `${leaf} is ${JSON.stringify(text)}, which is no dateTime with a zone`);
  }
  return instant === undefined ? {} : ({ [leaf]: instant } as { [P in K]: Instant });
}
