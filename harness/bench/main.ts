/**
 * `npm run bench`: the wire suite against ws beside a plain client of ws, what `observe` costs those it watches, and the
 * frame readers side by side.
 */
import { type CodecRow, measureCodecs, sizes } from "./codec.ts";
import { measureObserve } from "./observe.ts";
import { measurePlainClient, startEchoServer } from "./plain-client.ts";
import { measureSuite } from "./suite.ts";

/** Runs of the suite in one process: the first has everything still to be compiled. */
const runs = 3;
/** Connections of a plain client in each run, enough for a second or more. */
const connections = 2000;
const rounds = 15;
const volume = 2 * 1024 * 1024;

const out = (line = ""): void => void process.stdout.write(`${line}\n`);
const number = (value: number): string => Math.round(value).toLocaleString("en-US");

out("Wire suite of RFC 6455 (handshake, framing, closing) against ws in a process of its own");
const echo = await startEchoServer();
for (let turn = 1; turn <= runs; turn++) {
  const plain = await measurePlainClient(echo.url, connections);
  const { cases, perSecond } = await measureSuite();
  out(`  run ${turn}  ${number(cases)} cases  ${number(perSecond)} cases/s`);
  out(`         plain client ${number(plain)} connections/s  a case costs ${(plain / perSecond).toFixed(1)} of them`);
}
out("  The plain client is one of ws: connect, upgrade, one message echoed by ws in a process of its own, close.");
out();
out(
  "observe between a client and an echo server of ws, three processes: direct, through a bare pipe of Node, observed",
);
const { micros, rate } = await measureObserve(echo.url);
echo.stop();
const added = (micros.observed - micros.direct) / 1000;
const times = [micros.direct, micros.piped, micros.observed].map((one) => `${number(one)} us`);
out(`  512 B there and back     ${times.join("  ")}  p50 added ${added.toFixed(3)} ms`);
const share = (one: number): string => `${Math.round((100 * one) / rate.direct)} %`;
const rates = [rate.direct, rate.piped, rate.observed].map((one) => `${number(one)} MB/s`);
out(`  16 KiB, 32 on their way  ${rates.join("  ")}  ${share(rate.piped)}, ${share(rate.observed)}`);
out();
out("Text messages of a client, read and judged: messages/s (MB/s)");
for (const line of table(measureCodecs(rounds, volume))) out(`  ${line}`);
out("  ncwspec checks every rule of the dialect and charges each breach; all readers unmask and check UTF-8.");
out("  hybi-06 is read by none of the others; its line reads the same messages in its own framing.");

function table(rows: readonly CodecRow[]): string[] {
  const ws = rows.find(({ name }) => name === "ws");
  const head = ["", "", ...sizes.map((size) => (size < 1024 ? `${size} B` : `${size / 1024} KiB`)), "1 KiB, ws = 1"];
  const cells = rows.map(({ name, dialect, rates }) => [
    name,
    dialect,
    ...rates.map((rate, index) => `${number(rate)} (${number((rate * (sizes[index] ?? 0)) / 1e6)})`),
    ((rates[1] ?? 0) / (ws?.rates[1] ?? Number.NaN)).toFixed(2),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((line) => line[column]?.length ?? 0)));
  return [head, ...cells].map((line) =>
    line
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
}
