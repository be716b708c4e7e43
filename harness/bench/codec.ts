/** Throughput of the frame readers on text messages of a client, size by size. */
import { dialects } from "../wire/index.ts";
import type { Dialect } from "../wire/types.ts";
import { rates, type Subject } from "./rate.ts";
import { driverReader, ownReader, type Reader, wsReader } from "./readers.ts";
import { type Stream, streamOf } from "./streams.ts";

export interface CodecRow {
  readonly name: string;
  /** Framing of the bytes that were read. */
  readonly dialect: string;
  /** Messages a second, in the order of {@link sizes}. */
  readonly rates: readonly number[];
}

/** Payload of a message, bytes. */
export const sizes = [64, 1024, 65536] as const;

interface Contender {
  readonly name: string;
  readonly dialect: Dialect;
  readonly reader: Reader;
}

/** ws and websocket-driver know no hybi-06, and ws no hybi-00. */
const contenders: readonly Contender[] = [
  ...[dialects.rfc6455, dialects["hybi-06"], dialects["hybi-00"]].map((dialect) => ({
    name: "ncwspec",
    dialect,
    reader: ownReader(dialect),
  })),
  { name: "ws", dialect: dialects.rfc6455, reader: wsReader },
  ...[dialects.rfc6455, dialects["hybi-00"]].map((dialect) => ({
    name: "websocket-driver",
    dialect,
    reader: driverReader(dialect),
  })),
];

/**
 * Has all readers of one dialect read the same bytes.
 * @param volume payload bytes a round
 * @throws Error when a reader finds something wrong, or another number of messages than were sent
 */
export function measureCodecs(rounds: number, volume: number): CodecRow[] {
  const bySize = sizes.map((size) => {
    // Small messages cost more a byte; all sizes take about the same time.
    const streams = new Map(
      Object.values(dialects).map((dialect) => [dialect, streamOf(dialect, size, Math.min(volume, size * 20_000))]),
    );
    return rates(
      contenders.map((one) => subjectOf(one, streams.get(one.dialect) as Stream)),
      rounds,
    );
  });
  return contenders.map((one) => ({
    name: one.name,
    dialect: one.dialect.name,
    rates: bySize.map((found) => found.get(keyOf(one)) as number),
  }));
}

function keyOf({ name, dialect }: Contender): string {
  return `${name} ${dialect.name}`;
}

function subjectOf(one: Contender, stream: Stream): Subject {
  return {
    name: keyOf(one),
    units: stream.messages,
    prepare() {
      const pieces = stream.pieces();
      let messages = 0;
      const read = one.reader(() => {
        messages++;
      });
      return () => {
        for (const piece of pieces) read(piece);
        if (messages !== stream.messages)
          throw new Error(`${keyOf(one)} read ${messages} messages of ${stream.messages}`);
      };
    },
  };
}
