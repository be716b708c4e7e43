/** The process of a client: its lines told apart, and what it says handed to the tasks it works on. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { readLines } from "../reference/read-lines.ts";
import type { ChildGroup } from "./child-group.ts";
import {
  type Announcement,
  announcementIn,
  type ClientRun,
  type ControlLine,
  jsonLine,
  type Report,
  type Task,
} from "./client.ts";
import { TargetUnreachable } from "./errors.ts";

/** Milliseconds between the end of its standard input, SIGTERM and SIGKILL. */
const patience = 500;
/** Lines of output kept for messages. */
const kept = 20;
/** Reports kept for a task that nobody has asked for its reports yet. */
const keptReports = 1000;

export interface ClientProgram {
  /** Gets every report from now on, those before first. */
  onReport(take: (report: Report) => void): void;
  write(line: ControlLine): Promise<void>;
  readonly ended: Promise<number | string>;
  lastOutput(): string;
  /** What comes first: its readiness line, its arrival, its end, or nothing within so many milliseconds. */
  first(arrived: Promise<unknown>, milliseconds: number): Promise<Announcement | "arrived" | "ended" | "late">;
  /** Ends its standard input, then the process where that does not. */
  stop(): Promise<void>;
}

/** @param log gets what is neither report nor readiness line */
export function runProgram(name: string, group: ChildGroup, log: (line: string) => void): ClientProgram {
  const last: string[] = [];
  const early: Report[] = [];
  let take: (report: Report) => void = (report) => {
    if (early.length < keptReports) early.push(report);
  };
  let announce: (said: Announcement) => void = () => {};
  const announced = new Promise<Announcement>((resolve) => {
    announce = resolve;
  });
  const keep = (line: string) => {
    log(line);
    last.push(line.slice(0, 500));
    if (last.length > kept) last.shift();
  };
  createInterface(group.child.stderr).on("line", keep);
  void eachLine(group.child.stdout, (line) => {
    const said = jsonLine(line);
    const ready = said && announcementIn(said);
    if (ready) announce(ready);
    else if (typeof said?.["report"] === "string") take(said);
    else keep(line);
  });
  const stop = async (): Promise<void> => {
    group.child.stdin.end();
    const over = await within(patience, group.ended);
    if (over === undefined) await group.stop(patience);
    else await group.stop(0);
  };
  return {
    ended: group.ended,
    stop,
    lastOutput: () => last.join(" | "),
    onReport(taker) {
      take = taker;
      for (const report of early.splice(0)) taker(report);
    },
    write: (line) =>
      new Promise((settle, refuse) => {
        group.child.stdin.write(`${JSON.stringify(line)}\n`, (error) => {
          if (error) refuse(new TargetUnreachable(`${name}: its standard input is closed (${error.message})`));
          else settle();
        });
      }),
    first: async (arrived, milliseconds) =>
      (await within(
        milliseconds,
        Promise.race([
          announced,
          arrived.then((arrival) => (arrival === undefined ? ("late" as const) : ("arrived" as const))),
          group.ended.then(() => "ended" as const),
        ]),
      )) ?? "late",
  };
}

async function eachLine(output: Readable, take: (line: string) => void): Promise<void> {
  for await (const line of readLines(output)) if (line !== "") take(line);
}

/** The outcome, or undefined after so many milliseconds. */
async function within<T>(milliseconds: number, outcome: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A process that works on one task, which stood in its environment. */
export function ownRun(program: ClientProgram, task: Task): ClientRun {
  return {
    task,
    onReport: program.onReport,
    control: program.write,
    ended: program.ended,
    lastOutput: program.lastOutput,
    stop: program.stop,
  };
}

/**
 * A task of a process that works on several.
 * @param tasks who gets the reports of which case
 */
export function sharedRun(
  program: Pick<ClientProgram, "onReport" | "write" | "ended" | "lastOutput">,
  task: Task,
  tasks: Map<string, (report: Report) => void>,
): ClientRun {
  const early: Report[] = [];
  let isDone = false;
  let take: (report: Report) => void = (report) => void early.push(report);
  let settle: (exit: number | string) => void = () => {};
  const ended = new Promise<number | string>((resolve) => {
    settle = (exit) => {
      isDone = true;
      resolve(exit);
    };
  });
  void program.ended.then((how) => settle(typeof how === "number" ? `its process ended with status ${how}` : how));
  tasks.set(task.case, (report) => {
    if (report["report"] === "done") settle(typeof report["exit"] === "number" ? report["exit"] : 0);
    else take(report);
  });
  program.onReport((report) => tasks.get(String(report["case"]))?.(report));
  void program.write({ task }).catch(() => settle("its standard input is closed"));
  return {
    task,
    onReport(taker) {
      take = taker;
      for (const report of early.splice(0)) taker(report);
    },
    control: (line) => program.write({ ...line, case: task.case }),
    ended,
    lastOutput: program.lastOutput,
    stop: async () => {
      if (!isDone) await program.write({ end: true, case: task.case }).catch(() => {});
      tasks.delete(task.case);
    },
  };
}
