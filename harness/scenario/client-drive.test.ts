/** Drives that judge a client: the suite is the server, the reference client comes to it. */
import { expect, test } from "vitest";
import { startBuiltInClient } from "../target/built-in-client.ts";
import type { ClientUnderTest, Task } from "../target/client.ts";
import { referenceClientTarget } from "../target/file.ts";
import type { RunningTarget } from "../target/types.ts";
import type { DialectName } from "../wire/types.ts";
import { type DriveOutcome, drive } from "./drive.ts";
import { caseOf } from "./testing/driven.ts";
import type { Step } from "./types.ts";

const deadlines = { connect: 2000, reply: 2000, close: 2000, event: 2000, quiet: 100 };
const soon = { connect: 60, reply: 60, close: 60, event: 60, quiet: 20 };

interface More {
  readonly dialect?: DialectName;
  readonly deadlines?: typeof deadlines;
  readonly client?: (own: ClientUnderTest) => ClientUnderTest;
}

async function driven(steps: readonly Step[], more: More = {}): Promise<DriveOutcome> {
  const dialect = more.dialect ?? "rfc6455";
  const file = referenceClientTarget();
  const started = await startBuiltInClient({
    ...file,
    access: { ...file.access, deadlines: more.deadlines ?? deadlines },
  });
  const own = started.client as ClientUnderTest;
  const target: RunningTarget = { ...started, client: more.client?.(own) ?? own };
  const one = caseOf(steps, dialect);
  return drive({
    case: { ...one, scenario: { ...one.scenario, role: "client" } },
    target,
    facts: { capabilities: [], streams: [], clockOffsetMs: 0, sessionEvents: [] },
    random: (size) => Buffer.alloc(size, 5),
    serial: "t",
    clock: Date.now,
    signal: new AbortController().signal,
  });
}

/** Names and labels of the steps in the transcript. */
const stepsIn = ({ transcript }: DriveOutcome) =>
  transcript.entries.flatMap((entry) => (entry.type === "step" ? [`${entry.step} ${entry.label ?? ""}`.trim()] : []));

const textIn = ({ transcript }: DriveOutcome, from: "client" | "server") =>
  transcript.entries
    .flatMap((entry) =>
      entry.type === "bytes" && entry.from === from ? [Buffer.from(entry.data).toString("latin1")] : [],
    )
    .join("");

test.each<DialectName>(["rfc6455", "hybi-06", "hybi-00"])("a whole session under %s", async (dialect) => {
  const outcome = await driven(
    [
      { task: { stream: "NETCONF", startTime: "2026-01-01T00:00:00Z" } },
      { serve: { as: "a", upto: "subscribed", label: "sub" } },
      { notify: { on: "a", as: "burst", times: 3 } },
      { await: { report: "notification", of: "burst" } },
      { probe: { on: "a", label: "alive" } },
      { control: { close: true, label: "told" } },
      { await: { on: "a", rpc: "close-session", as: "bye" } },
      { answer: { to: "bye" } },
      { await: { on: "a", end: true } },
      { await: { report: "closed" } },
    ],
    { dialect },
  );
  expect(outcome.stopped).toBeUndefined();
  expect(outcome.transcript).toMatchObject({ role: "client", dialect });
  const steps = stepsIn(outcome);
  for (const step of [
    "task",
    "hello",
    "asked sub",
    "trigger burst",
    "trigger alive",
    "control told",
    "asked bye",
    "report",
  ])
    expect(steps).toContain(step);
  // The subscription had a startTime, so its replay is over at once; and close-session ends the connection.
  expect(steps.filter((step) => step === "trigger burst")).toHaveLength(3);
});

test("rpcs that the script does not wait for are answered by the double", async () => {
  const outcome = await driven([
    { serve: { as: "a", upto: "hello" } },
    { control: { rpc: "<get/>" } },
    { await: { report: "reply" } },
    { control: { close: true } },
    { await: { on: "a", close: true } },
  ]);
  expect(outcome.stopped).toBeUndefined();
  expect(textIn(outcome, "server")).toContain("<replaySupport>true</replaySupport>");
});

test("a wrong response is sent as it is asked for, and the client fails", async () => {
  const outcome = await driven([
    { accept: { as: "a" } },
    {
      respond: {
        ...{ on: "a", label: "answer", status: 101, proof: "lower-case" },
        set: { "X-Long": "${repeat:ab:3}", Upgrade: null },
        rawLines: ["X-Told: ${target} ${SUBPROTOCOL}"],
      },
    },
    { await: { on: "a", end: true } },
    { await: { report: "failed" } },
  ]);
  expect(outcome.stopped).toBeUndefined();
  const answer = textIn(outcome, "server");
  expect(answer).toContain("X-Long: ababab\r\n");
  expect(answer).toContain("X-Told: /netconf NETCONF\r\n");
  expect(answer).not.toContain("Upgrade: websocket");
});

test("a client that does not come, or in another dialect, stops the drive", async () => {
  const elsewhere = (own: ClientUnderTest, change: Partial<Task>): ClientUnderTest => ({
    ...own,
    start: (task, arrived) => own.start({ ...task, ...change }, arrived),
  });
  const gone = await driven([{ serve: { as: "a", upto: "hello" } }], {
    deadlines: soon,
    client: (own) => elsewhere({ ...own, arrival: 60 }, { url: "ws://127.0.0.1:1/" }),
  });
  expect(gone.stopped).toMatch(/^step 1 \(serve\): the client did not connect to ws:\/\/127\.0\.0\.1:1\//);
  const other = await driven([{ serve: { as: "a", upto: "hello" } }], {
    client: (own) => elsewhere(own, { dialect: "hybi-06" }),
  });
  expect(other.stopped).toBe("step 1 (serve): the client asks for hybi-06, not for rfc6455");
});

test("a client that reports without end stops the drive", async () => {
  const outcome = await driven([{ task: {} }], {
    client: (own) => ({
      ...own,
      start: async (task) => ({
        task,
        onReport(take) {
          for (let left = 30_000; left > 0; left -= 1) take({ report: "open" });
        },
        control: async () => {},
        ended: Promise.resolve(0),
        lastOutput: () => "",
        stop: async () => {},
      }),
    }),
  });
  expect(outcome.stopped).toMatch(/more than 20000 reports$/);
});

test("exit status 127 is no failure", async () => {
  const outcome = await driven([{ accept: { as: "a" } }], {
    client: (own) => ({
      ...own,
      start: async (task) => ({
        task,
        onReport() {},
        control: async () => {},
        ended: Promise.resolve(127),
        lastOutput: () => "",
        stop: async () => {},
      }),
    }),
  });
  expect(outcome.notImplemented).toBe(true);
});

test("a connection that may come or not is waited for, and the client comes again when told", async () => {
  const none = await driven([{ serve: { as: "a", upto: "hello" } }, { accept: { as: "b", optional: true } }], {
    deadlines: { ...deadlines, connect: 60 },
  });
  expect(stepsIn(none)).toContain("gave-up");
  const again = await driven([
    { serve: { as: "a", upto: "hello" } },
    { tcp: { on: "a", do: "reset" } },
    { control: { connect: true } },
    { serve: { as: "b", upto: "subscribed" } },
  ]);
  expect(again.stopped).toBeUndefined();
});
