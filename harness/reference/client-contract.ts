import type { Readable, Writable } from "node:stream";
import {
  type ClientTask,
  clientOffers,
  type ReferenceClient,
  type ReportLine,
  startReferenceClient,
} from "./client.ts";
import { readLines } from "./read-lines.ts";

/**
 * Serves the client contract on standard input and output, each case as a line `{"task":{...}}`, several at once. Ends
 * with the input.
 */
export async function serveClient(input: Readable, output: Writable): Promise<void> {
  const tasks = new Map<string, ReferenceClient>();
  const write = writer(output);
  write({ ready: true, name: "reference-client", ...clientOffers, reuse: true });
  for await (const text of readLines(input)) {
    const line = parse(text);
    if (line === undefined) continue;
    const task = line["task"] as ClientTask | undefined;
    if (task === undefined) tasks.get(String(line["case"]))?.control(line);
    else
      tasks.set(
        task.case,
        begin(task, write, () => tasks.delete(task.case)),
      );
  }
  for (const client of tasks.values()) client.control({ end: true });
}

function begin(task: ClientTask, write: (line: ReportLine) => void, over: () => void): ReferenceClient {
  const client = startReferenceClient(task, (report) => write({ ...report, case: task.case }));
  void client.done.then((exit) => {
    over();
    write({ report: "done", case: task.case, exit });
  });
  return client;
}

/**
 * One task, that of the environment. Stays until the input ends, since it can be told to connect again.
 * @returns exit status
 */
export async function serveOneTask(environment: NodeJS.ProcessEnv, input: Readable, output: Writable): Promise<number> {
  const write = writer(output);
  write({ ready: true, name: "reference-client", ...clientOffers });
  const client = startReferenceClient(taskIn(environment), write);
  for await (const text of readLines(input)) {
    const line = parse(text);
    if (line !== undefined) client.control(line);
  }
  client.control({ end: true });
  return client.done;
}

function taskIn(environment: NodeJS.ProcessEnv): ClientTask {
  const optional = (name: string, key: keyof ClientTask) =>
    environment[name] === undefined ? {} : { [key]: environment[name] };
  return {
    case: environment["NCWS_CASE"] ?? "*",
    dialect: (environment["NCWS_DIALECT"] ?? "rfc6455") as ClientTask["dialect"],
    url: environment["NCWS_URL"] ?? "",
    subprotocol: environment["NCWS_SUBPROTOCOL"] ?? "",
    ...optional("NCWS_STREAM", "stream"),
    ...optional("NCWS_FILTER", "filter"),
    ...optional("NCWS_START_TIME", "startTime"),
    ...optional("NCWS_STOP_TIME", "stopTime"),
  };
}

/** A reader that is gone is noticed at the end of the input. */
function writer(output: Writable): (line: ReportLine) => void {
  output.on("error", () => {});
  return (line) => void output.write(`${JSON.stringify(line)}\n`);
}

/** A line that is no object is nobody's business: undefined. */
function parse(text: string): ReportLine | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === "object" && line !== null ? (line as ReportLine) : undefined;
  } catch {
    return undefined;
  }
}
