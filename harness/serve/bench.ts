/** Where clients are put to the test: the cases in work, and what came of those that are done. */
import type { Socket } from "node:net";
import { gather, judgeCases, type RunOptions, type Sink } from "../run/judge-target.ts";
import type { Judging } from "../run/judging.ts";
import type { Plan } from "../run/plan.ts";
import type { CaseResult, Results } from "../run/results.ts";
import { scaled } from "../run/scaled.ts";
import { interrupted } from "../scenario/drive.ts";
import type { Case } from "../scenario/types.ts";
import type { ClientUnderTest } from "../target/client.ts";
import type { RunningTarget } from "../target/types.ts";
import type { Board } from "./board.ts";
import type { EventStream } from "./event-stream.ts";
import { openPageClient } from "./page-client.ts";
import { openPlaces } from "./places.ts";
import type { Visit } from "./port.ts";
import { visitor } from "./visitor.ts";

export interface Bench {
  /** A client has come to a case. */
  readonly visit: (visit: Visit) => void;
  /** The page wants to be the client, of one case or of all of rfc6455. @returns takes the lines that it posts */
  readonly join: (stream: EventStream, caseId: string | undefined) => (lines: string) => void;
  /** Settles when every case was judged to which a client can come by itself. */
  readonly all: Promise<void>;
  /** @param reach where the cases were served */
  results(reach: string): Promise<Results>;
}

interface Surroundings {
  readonly board: Board;
  readonly judging: Judging;
  readonly urlOf: (caseId: string) => string;
}

type Latest = Parameters<Sink["add"]>;

export function openBench(
  made: Plan,
  options: RunOptions & { readonly signal: AbortSignal },
  { board, judging, urlOf }: Surroundings,
): Bench {
  const { onEvent, signal: ended, ...quiet } = options;
  const file = scaled(options.target, options.timeScale ?? 1);
  const gathered = gather(made, quiet);
  const latest = new Map<string, Latest>();
  const working = new Set<string>();
  const places = openPlaces(urlOf, board.running);
  const open = new Set(made.cases.filter(comesByItself).map(({ id }) => id));
  let settleAll: () => void = () => {};
  const all = new Promise<void>((settle) => {
    settleAll = settle;
  });

  function add(...[one, raw, outcomes]: Latest): void {
    if (raw.reason === interrupted) {
      board.idle(one.id);
      return;
    }
    const result = { ...raw, rerun: `ncwspec serve --case '${one.id}'` };
    latest.set(one.id, [one, result, outcomes]);
    board.result(result);
    report(result);
    open.delete(one.id);
    if (open.size === 0) settleAll();
  }

  function report(result: CaseResult): void {
    const results = [...latest.values()].map(([, { verdict }]) => verdict);
    const failing = results.filter((verdict) => verdict === "fail" || verdict === "error").length;
    onEvent?.({ type: "case", result, done: results.length, planned: made.cases.length, failing });
  }

  /** Without the controls where only one case is asked for: what it rests on shows in it too. */
  async function judge(cases: readonly Case[], client: ClientUnderTest, signal: AbortSignal): Promise<void> {
    const dialects = [...new Set(cases.map(({ dialect }) => dialect))];
    const rests = cases.length === 1 ? [] : made.all.filter(({ dialect }) => dialects.includes(dialect));
    const claims = { ...file.claims, dialects };
    const target: RunningTarget = { ...placeholder, file: { ...file, claims }, client };
    const how = { ...quiet, dialects, signal, listen: places.open };
    await judgeCases(target, { ...made, all: rests, cases }, how, judging, { add, stopped: () => signal.aborted });
  }

  async function visit({ caseId, socket, bytes }: Visit): Promise<void> {
    if (working.has(caseId)) return places.arrive(caseId, socket, bytes);
    const one = made.cases.find(({ id }) => id === caseId);
    if (!one) return refuse(socket, caseId);
    places.arrive(caseId, socket, bytes);
    working.add(caseId);
    await judge([one], visitor(file.access.deadlines.connect), ended).catch(tell);
    working.delete(caseId);
    places.dismiss(caseId);
  }

  async function lead(client: ClientUnderTest & { ready: Promise<void> }, stream: EventStream, caseId?: string) {
    const left = new AbortController();
    void stream.gone.then(() => left.abort());
    const cases = made.cases.filter(({ id, dialect }) => dialect === "rfc6455" && (caseId ?? id) === id);
    // The controls of a run are among all cases, whether they are planned or not.
    const busy = caseId === undefined ? made.all.filter(({ dialect }) => dialect === "rfc6455") : cases;
    for (const { id } of busy) working.add(id);
    await client.ready.then(() => judge(cases, client, AbortSignal.any([ended, left.signal]))).catch(tell);
    for (const { id } of busy) {
      working.delete(id);
      places.dismiss(id);
    }
    stream.send({}, "end");
    stream.end();
  }

  function tell(error: Error): void {
    onEvent?.({ type: "note", line: error.message });
  }

  return {
    all,
    visit: (visited) => void visit(visited),
    join(stream, caseId) {
      const client = openPageClient(stream, file.access.deadlines.connect);
      void lead(client, stream, caseId);
      return client.take;
    },
    async results(reach) {
      // Who comes by itself says nothing of what it received, and that is no failure.
      const unasked = made.cases.filter((one) => !latest.has(one.id) && !comesByItself(one));
      const { signal } = new AbortController();
      for (const one of unasked) await judge([one], visitor(0), signal).catch(tell);
      for (const known of latest.values()) gathered.add(...known);
      const missing = made.cases.length - latest.size;
      const lost = missing === 0 ? undefined : `no client came to ${missing} of ${made.cases.length} cases`;
      const dialects = new Set(made.cases.map(({ dialect }) => dialect));
      return gathered.results({ file, reach }, { outcomes: [], claimed: dialects }, lost);
    },
  };
}

/** A running target of which only the file and the client mean something. */
const placeholder = { host: "127.0.0.1", port: 0, path: "/", secure: false, reach: "serve", stop: async () => {} };

/** Nothing but the connection itself is needed of the client. */
function comesByItself({ scenario }: Case): boolean {
  return !scenario.needs.some((need) => /^(control|report):/.test(need));
}

function refuse(socket: Socket, caseId: string): void {
  const body = `There is no case ${caseId} here.\n`;
  const head = `HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
  socket.end(`${head}\r\n\r\n${body}`);
}
