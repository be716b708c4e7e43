/** What the drives of the role client share: where the client comes to, what it was told and what it tells. */
import { type Inbox, openInbox } from "../session/inbox.ts";
import type { Listener } from "../session/listener.ts";
import type { Recorder } from "../session/recorder.ts";
import {
  type ClientRun,
  type ClientUnderTest,
  type ControlLine,
  notImplemented,
  type Offers,
  type Report,
  type Task,
} from "../target/client.ts";

/** Reports of one case that are read; as many as notifications of the largest burst, several times over. */
const maximumReports = 20_000;

export interface Stage {
  readonly offers: Offers;
  /** Why no more reports are read, when there were too many. */
  readonly givenUp: string | undefined;
  readonly reports: Inbox<Report>;
  /** Starts the client on its task, once; `more` says what the task is beside URL and dialect. */
  begin(more?: Partial<Task>): Promise<void>;
  /** The next connection of the client, or why there is none: it ended, or did not come in so many milliseconds. */
  arrival(milliseconds: number): Promise<Arrived>;
  control(line: ControlLine): Promise<void>;
  /** Exit status of the client, or what ended it, within so many milliseconds. */
  exit(milliseconds: number): Promise<number | string | undefined>;
  /** It has said that it does not implement the case. */
  readonly refused: boolean;
  close(): Promise<void>;
}

type Arrived = { readonly arrival: Listener["arrivals"]["items"][number] } | { readonly missing: string };

export interface StageOptions {
  readonly client: ClientUnderTest;
  readonly task: Pick<Task, "case" | "dialect" | "subprotocol">;
  /** Opens the place where the client has to come to in that case. */
  readonly open: (caseId: string) => Promise<Listener>;
  readonly recorder: Recorder;
}

export function openStage({ client, task, open, recorder }: StageOptions): Stage {
  const reports = openInbox<Report>();
  /** Holds one item: how the client ended. */
  const endings = openInbox<{ readonly how: number | string }>();
  let listener: Listener | undefined;
  let run: ClientRun | undefined;
  let begun: Promise<void> | undefined;
  let taken = 0;
  let givenUp: string | undefined;

  async function start(more: Partial<Task>): Promise<void> {
    const opened = await open(task.case);
    listener = opened;
    const whole = { ...task, url: opened.url, ...more };
    const arrived = opened.arrivals.next(() => true, client.arrival);
    const started = await client.start(whole, arrived);
    run = started;
    recorder.add({ type: "step", step: "task", detail: { ...started.task } });
    started.onReport((report) => {
      if (reports.items.length >= maximumReports) {
        givenUp = `the client made more than ${maximumReports} reports`;
        return;
      }
      recorder.add({ type: "step", step: "report", detail: report });
      reports.post(report);
    });
    void started.ended.then((how) => {
      recorder.add({ type: "step", step: "exit", detail: { how } });
      endings.post({ how });
      reports.end();
    });
  }

  const begin = (more: Partial<Task> = {}): Promise<void> => {
    begun ??= start(more);
    return begun;
  };

  const missing = (how: number | string) => ({
    missing: `the client ended (${typeof how === "number" ? `exit status ${how}` : how}) and did not connect${outputOf(run)}`,
  });

  return {
    offers: client.offers,
    reports,
    get givenUp() {
      return givenUp;
    },
    begin,
    get refused() {
      return endings.items[0]?.how === notImplemented;
    },
    async arrival(milliseconds) {
      await begin();
      const { arrivals } = listener as Listener;
      const place = taken;
      const patience = place === 0 ? Math.max(client.arrival, milliseconds) : milliseconds;
      const ended = endings.next(() => true, patience).then((end) => (end ? missing(end.how) : undefined));
      const come = arrivals.next(() => true, patience, place);
      // What came before the end counts, whichever is noticed first.
      const first = await Promise.race([come, ended.then((end) => arrivals.items[place] ?? end)]);
      const arrival = first ?? (await come);
      if (!arrival) return { missing: `the client did not connect to ${run?.task.url ?? ""}${outputOf(run)}` };
      if ("missing" in arrival) return arrival;
      taken += 1;
      return { arrival };
    },
    async control(line) {
      await begin();
      await run?.control(line);
    },
    exit: async (milliseconds) => (await endings.next(() => true, milliseconds))?.how,
    async close() {
      listener?.close();
      await run?.stop();
      reports.end();
      endings.end();
    },
  };
}

function outputOf(run: ClientRun | undefined): string {
  const output = run?.lastOutput() ?? "";
  return output === "" ? "" : `; its last output: ${output}`;
}
