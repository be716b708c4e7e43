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
  readonly observed: number;
}

const exchanges = 1000;
const smallMessage = "x".repeat(512);
const largeMessage = "x".repeat(16 * 1024);
const largeCount = 500;
const window = 32;
/** Turns of both ways one after the other, so that what else the machine does meets both alike. */
const turns = 5;

/** @param url of an echo server */
export async function measureObserve(url: string): Promise<ObserveCost> {
  const child = fork(fileURLToPath(new URL("./observe-process.js", import.meta.url)), [new URL(url).port]);
  const ended = once(child, "exit").then(() => {
    throw new Error("the process that observes ended early");
  });
  try {
    const [port] = await Promise.race([once(child, "message"), ended]);
    const through = `ws://127.0.0.1:${port}`;
    return { micros: await both(url, through, exchangeTime), rate: await both(url, through, echoRate) };
  } finally {
    child.kill();
  }
}

async function both(direct: string, observed: string, measure: (url: string) => Promise<number>): Promise<Passage> {
  const taken: Passage[] = [];
  for (let turn = 0; turn < turns; turn += 1)
    taken.push({ direct: await measure(direct), observed: await measure(observed) });
  return { direct: median(taken.map((one) => one.direct)), observed: median(taken.map((one) => one.observed)) };
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
