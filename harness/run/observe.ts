/** Two peers watched: a proxy between them, and the judgement of both ends of each connection when it has ended. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCatalogue } from "../judge/catalogue.ts";
import type { Transcript } from "../judge/types.ts";
import { keyMemory } from "../observe/keys.ts";
import { type Limits, type Place, type RunningProxy, startProxy, type Watched } from "../observe/proxy.ts";
import { transcriptToJsonLines } from "../session/recorder.ts";
import { shellWord } from "../target/shell-word.ts";
import type { DialectName } from "../wire/types.ts";
import { endOf, watchedTranscript } from "./both-ends.ts";
import { startJudging } from "./judging.ts";
import { requirementsFolder } from "./package-root.ts";
import { type Judged, recordedCase, resultsOf, unjudgedCase } from "./recordings.ts";
import type { CaseResult, Results } from "./results.ts";

export interface ObserveOptions {
  readonly listen: Place;
  readonly forward: Place;
  /** For requests that name no dialect that is known. */
  readonly dialect?: DialectName;
  /** Folder for transcripts; none are kept without it. */
  readonly out?: string;
  /** Hold the transcripts in memory too. */
  readonly keep?: boolean;
  readonly limits?: Partial<Limits>;
  /** An end of a connection was judged. */
  readonly onCase?: (result: CaseResult, number: number) => void;
  readonly onNote?: (line: string) => void;
}

/** A connection that was watched. */
export interface Observed {
  readonly number: number;
  /** Held only where the options ask for it: recordings are large. */
  readonly transcript?: Transcript;
  readonly server: CaseResult;
  readonly client: CaseResult;
}

export interface Observation {
  readonly host: string;
  readonly port: number;
  /** What was judged so far, in the order of its ends. */
  readonly observed: readonly Observed[];
  /** Why there was no connection to the other side, if ever there was none. */
  readonly unreachable: string | undefined;
  /** Resolves when that many connections have ended and are judged. */
  judged(count: number): Promise<void>;
  /** Ends watching; connections that are open are cut, and judged as far as they went. */
  stop(): Promise<Results>;
}

/**
 * Starts to watch.
 * @throws Error when it cannot listen there
 */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const begun = performance.now();
  const catalogue = loadCatalogue(requirementsFolder());
  const judging = startJudging(catalogue, requirementsFolder());
  const keys = keyMemory();
  const preferred = options.dialect;
  const observed: Observed[] = [];
  const judged: Judged[] = [];
  const waiting = new Set<() => void>();
  let working = Promise.resolve();
  let unreachable: string | undefined;

  const judgeEnds = async (watched: Watched): Promise<void> => {
    const { number, entries } = watched;
    const described = headerOf(watched, options);
    const { transcript, header } = watchedTranscript({ number, entries, preferred, keys, header: described });
    const nothing = header["unjudged"] as string | undefined;
    const file = keep(transcript, header, options.out);
    const place = { file, rerun: rerunOf(file, options) };
    const stopped = header["stopped"] === undefined ? {} : { stopped: String(header["stopped"]) };
    const judgeEnd = async (role: "server" | "client"): Promise<CaseResult> => {
      const end = endOf(transcript, role);
      const told = (one: Judged): CaseResult => {
        judged.push(one);
        return one.result;
      };
      if (nothing !== undefined) return told({ result: unjudgedCase(end, header, nothing, place) });
      try {
        const judgement = await judging.judge(end, { checks: [], ...stopped });
        return told({ result: recordedCase(end, header, judgement, place), judgement });
      } catch (error) {
        const result = unjudgedCase(end, header, (error as Error).message, place);
        return told({ result: { ...result, verdict: "error" } });
      }
    };
    const [server, client] = await Promise.all([judgeEnd("server"), judgeEnd("client")]);
    observed.push({ number, ...(options.keep ? { transcript } : {}), server, client });
    for (const result of [server, client]) options.onCase?.(result, number);
    for (const look of [...waiting]) look();
  };

  const proxy = await startProxy({
    listen: options.listen,
    forward: options.forward,
    ...(options.limits ? { limits: options.limits } : {}),
    note: (line) => options.onNote?.(line),
    onEnd: (watched) => {
      unreachable ??= watched.unreachable;
      working = working.then(() => judgeEnds(watched));
    },
  }).catch(async (error) => {
    await judging.close();
    throw error;
  });

  return {
    host: proxy.host,
    port: proxy.port,
    observed,
    get unreachable() {
      return unreachable;
    },
    judged: (count) => reached(waiting, () => observed.length >= count),
    async stop() {
      await proxy.stop();
      await working;
      await judging.close();
      const { host, port } = options.forward;
      const reason = reasonOf(proxy, unreachable);
      return resultsOf(judged, { catalogue, name: `${host}:${port}`, reach: "observed", begun, reason });
    },
  };
}

function reached(waiting: Set<() => void>, isReached: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isReached()) return;
      waiting.delete(look);
      resolve();
    };
    waiting.add(look);
    look();
  });
}

function headerOf({ number, from, cut }: Watched, { forward }: ObserveOptions): Record<string, unknown> {
  return {
    title: `Connection ${number}, from ${from} to ${forward.host}:${forward.port}`,
    ...(cut === undefined ? {} : { stopped: cut }),
  };
}

/** @returns path of the transcript below the output folder */
function keep(
  transcript: Transcript,
  header: Readonly<Record<string, unknown>>,
  out: string | undefined,
): string | undefined {
  if (out === undefined) return undefined;
  const relative = join("transcripts", `${transcript.case.replaceAll("/", "_")}.jsonl`);
  mkdirSync(join(out, "transcripts"), { recursive: true });
  writeFileSync(join(out, relative), transcriptToJsonLines(transcript, header));
  return relative;
}

function rerunOf(file: string | undefined, { out, forward }: ObserveOptions): string {
  if (file !== undefined) return `ncwspec judge ${shellWord(join(out ?? "", file))}`;
  return `ncwspec observe --forward ${forward.host}:${forward.port} --out out`;
}

function reasonOf({ unrecorded }: RunningProxy, unreachable: string | undefined): string | undefined {
  if (unrecorded > 0) return `${unrecorded} connections were forwarded without being recorded`;
  return unreachable;
}
