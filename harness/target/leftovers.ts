/**
 * Containers that outlived their run. Each carries the address of a socket that its run listens at: where nothing
 * answers any more, the run is over, however it ended.
 */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type Docker, unlessGone } from "./container-runtime.ts";

const hostLabel = "ncwspec.host";
const ownerLabel = "ncwspec.owner";

let owner: Promise<string> | undefined;

/** Labels that say whose a container is: of this process on this machine. */
export async function ownLabels(): Promise<Record<string, string>> {
  owner ??= listen();
  return { [hostLabel]: hostname(), [ownerLabel]: await owner };
}

/** A sign of life for as long as this process runs. */
function listen(): Promise<string> {
  const name = `ncwspec-${randomBytes(8).toString("hex")}`;
  const address = process.platform === "win32" ? join("\\\\.\\pipe", name) : join(tmpdir(), name);
  const server = createServer((socket) => socket.destroy()).unref();
  process.once("exit", () => rmSync(address, { force: true }));
  return new Promise((settle, refuse) => {
    server.once("error", refuse);
    server.listen(address, () => settle(address));
  });
}

/** Removes the containers of runs on this machine that are over. */
export async function removeLeftovers(docker: Docker): Promise<void> {
  const label = [`${hostLabel}=${hostname()}`, ownerLabel];
  const found = await docker.listContainers({ all: true, filters: { label } });
  const owners = [...new Set(found.map(({ Labels }) => Labels[ownerLabel] ?? ""))];
  const over = new Set<string>();
  await Promise.all(owners.map(async (address) => (await answers(address)) || over.add(address)));
  const left = found.filter(({ Labels }) => over.has(Labels[ownerLabel] ?? ""));
  await Promise.all(left.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }).catch(unlessGone)));
  for (const address of over) rmSync(address, { force: true });
}

/** False only when it is sure that nobody listens: another user's socket may be closed to us. */
function answers(address: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(address);
    socket.once("connect", () => settle(true));
    socket.once("error", ({ code }: NodeJS.ErrnoException) => settle(code !== "ECONNREFUSED" && code !== "ENOENT"));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.destroy());
  });
}
