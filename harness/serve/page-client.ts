/** The client that the page brings along, as a client under test: its lines go as events, its reports come by POST. */
import {
  announcementIn,
  type ClientUnderTest,
  type ControlLine,
  jsonLine,
  type Offers,
  type Report,
} from "../target/client.ts";
import { type ClientProgram, sharedRun } from "../target/client-program.ts";
import type { EventStream } from "./event-stream.ts";

export interface PageClient extends ClientUnderTest {
  /** Settles when the page has said that it is ready; rejects when it goes before. */
  readonly ready: Promise<void>;
  /** Takes lines that the page posted. */
  take(lines: string): void;
}

/** @param arrival milliseconds it may take until it comes to a URL */
export function openPageClient(stream: EventStream, arrival: number): PageClient {
  const tasks = new Map<string, (report: Report) => void>();
  let offers: Offers = { control: [], reports: [] };
  let announce: () => void = () => {};
  let onReport: (report: Report) => void = () => {};
  const ended = stream.gone.then(() => "the page was left");
  const ready = new Promise<void>((resolve, reject) => {
    announce = resolve;
    void ended.then((how) => reject(new Error(how)));
  });
  ready.catch(() => {}); // who waits for it is told
  const program: Pick<ClientProgram, "onReport" | "write" | "ended" | "lastOutput"> = {
    onReport(take) {
      onReport = take;
    },
    write: async (line: ControlLine) => stream.send(line),
    ended,
    lastOutput: () => "",
  };
  return {
    ready,
    arrival,
    get offers() {
      return offers;
    },
    start: async (task) => sharedRun(program, task, tasks),
    take(lines) {
      for (const line of lines.split("\n")) {
        const said = jsonLine(line);
        const announcement = said && announcementIn(said);
        if (announcement) {
          offers = announcement;
          announce();
        } else if (said) onReport(said);
      }
    },
  };
}
