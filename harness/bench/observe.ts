/**
 * What `observe` costs the pair it watches: how much longer a message takes, and how much less goes through. A client of
 * ws in this process, an echo server of ws and the one who watches each in a process of its own.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";

export interface ObserveCost {
  /** Median time of a message of 512 bytes there and back, microseconds. */
  readonly micros: Passage;
  /** Echoed messages of 16 KiB, 32 on their way at a time, megabytes a second. */
  readonly rate: Passage;
}

export interface Passage {
  readonly direct: number;
  /** Through a proxy that only passes on. */
  readonly piped: number;
  readonly observed: number;
}

const exchanges = 1000;
const smallMessage = "x".repeat(512);
const largeMessage = "x".repeat(16 * 1024);
const largeCount = 500;
const window = 32;
/** Turns of both ways one after the other, so that what else the machine does meets both alike. */
const turns = 9;

/** @param url of an echo server */
export async function measureObserve(url: string): Promise<ObserveCost> {
  const [pipe, watcher] = await Promise.all([
    startProxy("./pipe-process.js", url),
    startProxy("./observe-process.js", url),
  ]);
  // What it has watched it judges afterwards: the next turn waits for that.
  const watched = async (measure: Measure): Promise<number> => {
    const judged = watcher.next();
    const measured = await measure(watcher.url);
    await judged;
    return measured;
  };
  const ways = (measure: Measure) => ({
    direct: () => measure(url),
    piped: () => measure(pipe.url),
    observed: () => watched(measure),
  });
  try {
    return { micros: await compared(ways(exchangeTime)), rate: await compared(ways(echoRate)) };
  } finally {
    pipe.stop();
    watcher.stop();
  }
}

/** A process between a client and the echo server; `next` is the next thing that it says. */
async function startProxy(module: string, url: string) {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), [new URL(url).port]);
  const ended = once(child, "exit").then(() => {
    throw new Error(`${module} ended early`);
  });
  ended.catch(() => {});
  const next = () => Promise.race([once(child, "message"), ended]);
  const [port] = await next();
  return { url: `ws://127.0.0.1:${port}`, next, stop: () => child.kill() };
}

type Measure = (url: string) => Promise<number>;

async function compared(ways: Readonly<Record<keyof Passage, () => Promise<number>>>): Promise<Passage> {
  const taken: Passage[] = [];
  for (let turn = 0; turn < turns; turn += 1)
    taken.push({ direct: await ways.direct(), piped: await ways.piped(), observed: await ways.observed() });
  const middle = (way: keyof Passage) => median(taken.map((one) => one[way]));
  return { direct: middle("direct"), piped: middle("piped"), observed: middle("observed") };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function opened(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, "open");
  return socket;
}

async function closed(socket: WebSocket): Promise<void> {
  socket.close(1000);
  await once(socket, "close");
}

/** Median of exchanges one after the other, microseconds. */
async function exchangeTime(url: string): Promise<number> {
  const socket = await opened(url);
  const times: number[] = [];
  for (let turn = 0; turn < exchanges; turn += 1) {
    const begun = performance.now();
    socket.send(smallMessage);
    await once(socket, "message");
    times.push((performance.now() - begun) * 1000);
  }
  await closed(socket);
  return median(times);
}

/** Megabytes a second that come back. */
async function echoRate(url: string): Promise<number> {
  const socket = await opened(url);
  const begun = performance.now();
  await new Promise<void>((resolve) => {
    let sent = 0;
    let came = 0;
    const send = () => {
      sent += 1;
      socket.send(largeMessage);
    };
    socket.on("message", () => {
      came += 1;
      if (sent < largeCount) send();
      if (came === largeCount) resolve();
    });
    for (let turn = 0; turn < window; turn += 1) send();
  });
  const seconds = (performance.now() - begun) / 1000;
  await closed(socket);
  return (largeCount * largeMessage.length) / seconds / 1e6;
}
