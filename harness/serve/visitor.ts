/** A client that comes by itself: nothing is known of it but the wire, and it cannot be told anything. */
import type { ClientUnderTest } from "../target/client.ts";

/** @param arrival milliseconds in which it comes again where a case expects that */
export function visitor(arrival: number): ClientUnderTest {
  return {
    offers: { control: [], reports: [] },
    arrival,
    start: async (task) => ({
      task,
      onReport: () => {},
      control: async () => {},
      ended: new Promise(() => {}),
      lastOutput: () => "",
      stop: async () => {},
    }),
  };
}
