/** A client that is a command: a process for each task, or one for all where it says that it can be used again. */
import { resolve } from "node:path";
import { startGroup } from "./child-group.ts";
import { type Announcement, type ClientUnderTest, type Report, type Task, taskEnvironment } from "./client.ts";
import { type ClientProgram, ownRun, runProgram, sharedRun } from "./client-program.ts";
import { engineCommand } from "./engine-command.ts";
import { runBuild } from "./process.ts";
import type { StartOptions } from "./start.ts";
import type { ProcessReach, RunningTarget, TargetFile } from "./types.ts";

/** Milliseconds a process that was started has to come to its URL, before --time-scale. */
const startUp = 10_000;

/**
 * Makes the command ready; the first task starts it.
 * @throws TargetUnavailable when the build fails
 */
export async function startClientProcess(
  file: TargetFile,
  reach: ProcessReach,
  options: StartOptions,
): Promise<RunningTarget> {
  const cwd = resolve(file.folder, reach.cwd ?? ".");
  const scale = options.timeScale ?? 1;
  const environment = { ...process.env, ...reach.env, NCWS_ENGINE: engineCommand("client") };
  if (reach.build) await runBuild(file.name, reach.build, cwd, environment, options);
  const client = clientOf(file, (reach.startUp ?? startUp) * scale, (task) =>
    runProgram(
      file.name,
      startGroup(reach.command, cwd, { ...environment, ...taskEnvironment(task) }),
      options.log ?? (() => {}),
    ),
  );
  const place = { host: "127.0.0.1", port: 0, path: reach.path ?? "/netconf", secure: false };
  return { file, ...place, reach: "process", client, stop: client.stop };
}

/** @param begin starts the command with the environment of that task */
function clientOf(
  file: TargetFile,
  startUp: number,
  begin: (task: Task) => ClientProgram,
): ClientUnderTest & { stop(): Promise<void> } {
  const programs = new Set<ClientProgram>();
  const tasks = new Map<string, (report: Report) => void>();
  let known: Announcement | undefined;
  let shared: ClientProgram | undefined;
  let learning: Promise<void> | undefined;
  let arrival = startUp;

  const launch = (task: Task): ClientProgram => {
    const program = begin(task);
    programs.add(program);
    void program.ended.then(() => {
      programs.delete(program);
      if (shared === program) shared = undefined;
    });
    return program;
  };

  /** What kind of client it is: by its readiness line, or by what it does without one. */
  async function learn(program: ClientProgram, arrived: Promise<unknown>): Promise<void> {
    const outcome = await program.first(arrived, startUp);
    if (outcome === "late" || typeof outcome === "object") arrival = file.access.deadlines.connect;
    known = typeof outcome === "object" ? outcome : (known ?? { control: [], reports: [], reuse: false });
    if (!known.reuse) arrival = outcome === "late" ? arrival : startUp;
    else if (typeof outcome === "object") shared = program;
  }

  return {
    get offers() {
      return known ?? { control: [], reports: [] };
    },
    get arrival() {
      return arrival;
    },
    async start(task, arrived) {
      for (;;) {
        if (shared) return sharedRun(shared, task, tasks);
        if (known?.reuse === false) return ownRun(launch(task), task);
        if (!learning) break;
        await learning;
      }
      const program = launch(task);
      learning = learn(program, arrived).finally(() => {
        learning = undefined;
      });
      await learning;
      return shared === program ? sharedRun(program, task, tasks) : ownRun(program, task);
    },
    stop: async () => {
      await Promise.all([...programs].map((program) => program.stop()));
    },
  };
}
