/**
 * What the machine does without any suite: a client of ws that connects, has one message echoed and closes, against
 * ws in a process of its own. The yardstick beside the suite's rate, since machines differ.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";

/** Connections open at the same time, as many as the suite has. */
const atOnce = 8;

/** An echo server in a process of its own. */
export interface EchoServer {
  readonly url: string;
  stop(): void;
}

/** Starts the built `echo-process.js`. @throws Error when it ends before it listens */
export async function startEchoServer(): Promise<EchoServer> {
  const child = fork(fileURLToPath(new URL("./echo-process.js", import.meta.url)));
  const ended = once(child, "exit").then(() => {
    throw new Error("the echo server ended early");
  });
  const [port] = await Promise.race([once(child, "message"), ended]);
  return { url: `ws://127.0.0.1:${port}`, stop: () => void child.kill() };
}

/** Connections a second: opened, one message there and back, closed. @throws Error when one fails */
export async function measurePlainClient(url: string, connections: number): Promise<number> {
  let left = connections;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await echoOnce(url);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: atOnce }, lane));
  return (connections * 1000) / (performance.now() - started);
}

async function echoOnce(url: string): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, "open");
  socket.send("echo");
  const [answer] = await once(socket, "message");
  if (String(answer) !== "echo") throw new Error(`"echo" came back as "${String(answer)}"`);
  socket.close(1000);
  await once(socket, "close");
}
