import type { ClientRun, ClientUnderTest, Report, Task } from "./client.ts";
import type { RunningTarget, TargetFile } from "./types.ts";

/** The reference client, in this thread. */
export async function startBuiltInClient(file: TargetFile): Promise<RunningTarget> {
  // Loaded only where it is used, as the reference server.
  const { clientOffers, startReferenceClient } = await import("../reference/client.ts");
  const client: ClientUnderTest = {
    offers: clientOffers,
    arrival: file.access.deadlines.connect,
    start: async (task) => runOf(task, startReferenceClient),
  };
  const place = { host: "127.0.0.1", port: 0, path: "/netconf", secure: false };
  return { file, ...place, reach: "built-in", client, stop: async () => {} };
}

type Start = typeof import("../reference/client.ts").startReferenceClient;

function runOf(task: Task, start: Start): ClientRun {
  const early: Report[] = [];
  let take: (report: Report) => void = (report) => void early.push(report);
  const { control, done } = start(task, (report) => take(report));
  return {
    task,
    onReport(taker) {
      take = taker;
      for (const report of early.splice(0)) taker(report);
    },
    control: async (line) => control(line),
    ended: done,
    lastOutput: () => "",
    stop: async () => control({ end: true }),
  };
}
