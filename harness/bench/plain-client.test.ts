import { expect, test } from "vitest";
import { startEcho } from "./echo.ts";
import { measurePlainClient } from "./plain-client.ts";

test("every connection has its message echoed and is closed", async () => {
  const { port, close } = await startEcho();
  try {
    expect(await measurePlainClient(`ws://127.0.0.1:${port}`, 20)).toBeGreaterThan(0);
  } finally {
    close();
  }
});

test("a server that is not there is an error", async () => {
  const { port, close } = await startEcho();
  close();
  await expect(measurePlainClient(`ws://127.0.0.1:${port}`, 1)).rejects.toThrow("ECONNREFUSED");
});
