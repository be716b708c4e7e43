import { once } from "node:events";
import net from "node:net";
import { expect, test } from "vitest";
import { startDeadline } from "./deadline.ts";

test("expires after its time, once", async () => {
  const begun = performance.now();
  let times = 0;
  await new Promise<void>((resolve) =>
    startDeadline(40, () => {
      times += 1;
      resolve();
    }),
  );
  expect(performance.now() - begun).toBeGreaterThanOrEqual(36);
  expect(times).toBe(1);
});

test("ends early without expiring", async () => {
  let expired = false;
  const cancel = startDeadline(20, () => {
    expired = true;
  });
  cancel();
  await new Promise<void>((resolve) => startDeadline(60, resolve));
  expect(expired).toBe(false);
});

test("a process that was held up reads what came before it gives up", async () => {
  const server = net.createServer((socket) => socket.end("there")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
  const outcome = new Promise<string>((resolve) => {
    socket.once("data", (data) => resolve(data.toString()));
    startDeadline(80, () => resolve("given up"));
  });
  // Longer than the deadline, as if another process had the CPU.
  const held = performance.now() + 200;
  while (performance.now() < held);
  expect(await outcome).toBe("there");
  server.close();
});
