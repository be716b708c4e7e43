import { type Clock, writeDateTime } from "./date-time.ts";
import { NETMOD } from "./names.ts";
import { createReplayLog, type ReplayLog } from "./replay-log.ts";
import { type Element, element } from "./xml-tree.ts";

/** An event stream (RFC 5277 §3.2). `log` is absent where replay is not supported. */
export interface Stream {
  readonly name: string;
  readonly description: string;
  readonly log?: ReplayLog;
}

/** The default stream; it carries every event there is (RFC 5277 §3.2.3). */
export const DEFAULT_STREAM = "NETCONF";

export type Streams = ReadonlyMap<string, Stream>;

export function createStreams(clock: Clock, logCapacity: number): Streams {
  const list: Stream[] = [
    {
      name: DEFAULT_STREAM,
      description: "All event notifications of this server",
      log: createReplayLog(clock, logCapacity),
    },
    { name: "ncwspec", description: "Events made on demand", log: createReplayLog(clock, logCapacity) },
    { name: "ncwspec-live", description: "Events made on demand, without replay" },
  ];
  return new Map(list.map((stream) => [stream.name, stream]));
}

/** The state data netconf/streams (RFC 5277 §3.2.5, §3.4). */
export function streamsData(streams: Streams): Element {
  const entries = [...streams.values()].map(({ name, description, log }) => {
    const leaves = [
      element(NETMOD, "name", name),
      element(NETMOD, "description", description),
      element(NETMOD, "replaySupport", log ? "true" : "false"),
    ];
    if (log) leaves.push(element(NETMOD, "replayLogCreationTime", writeDateTime(log.createdAt)));
    if (log?.agedTime !== undefined) leaves.push(element(NETMOD, "replayLogAgedTime", log.agedTime));
    return element(NETMOD, "stream", ...leaves);
  });
  return element(NETMOD, "netconf", element(NETMOD, "streams", ...entries));
}
