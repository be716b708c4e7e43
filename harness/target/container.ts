/** A target in a container: its image is built where it is missing, and a fresh container of it is started. */
import { resolve } from "node:path";
import type { StartedTestContainer } from "testcontainers";
import { attachable } from "./attached.ts";
import { type ContainerRuntime, containerRuntime } from "./container-runtime.ts";
import { contractEnvironment } from "./contract.ts";
import { engineScript, linkEngine, linkedEngine } from "./engine-link.ts";
import { TargetInterrupted, TargetUnavailable, TargetUnreachable } from "./errors.ts";
import { imageOf } from "./image.ts";
import { ownLabels, removeLeftovers } from "./leftovers.ts";
import { listeningFault } from "./listening.ts";
import { awaitReady } from "./readiness.ts";
import type { StartOptions } from "./start.ts";
import type { ContainerReach, RunningTarget, TargetFile } from "./types.ts";

/** Milliseconds a container has to get ready, before --time-scale. */
const readiness = 30_000;
/** Milliseconds to find out whether a container's own address can be reached from here. */
const reaching = 500;

/**
 * Starts the target in a container. Its standard input and output are ours, as with a process, and it finds the
 * contract's environment. Containers of runs that are over are removed first.
 * @throws TargetUnavailable when Docker is missing or the image cannot be built
 * @throws TargetUnreachable when it ends, or says nothing in time
 * @throws TargetInterrupted
 */
export async function startContainer(
  file: TargetFile,
  reach: ContainerReach,
  options: StartOptions,
): Promise<RunningTarget> {
  const runtime = await containerRuntime().catch((error: Error) => {
    throw new TargetUnavailable(`${file.name}: ${error.message}`);
  });
  try {
    await removeLeftovers(runtime.docker);
    const image = await imageOf(file.name, resolve(file.folder, reach.context), runtime.docker, options);
    return await start(runtime, image, file, reach, options);
  } catch (error) {
    const { name, message } = error as Error;
    if (options.signal?.aborted) throw new TargetInterrupted(file.name);
    if (name.startsWith("Target")) throw error;
    throw new TargetUnreachable(`${file.name}: its container cannot be started: ${message.split("\n")[0]}`);
  }
}

async function start(
  runtime: ContainerRuntime,
  image: string,
  file: TargetFile,
  reach: ContainerReach,
  options: StartOptions,
): Promise<RunningTarget> {
  const { log = () => {}, signal, timeScale = 1 } = options;
  const environment = contractEnvironment(file, options, { listen: `0.0.0.0:${reach.port}`, engine: linkedEngine });
  const container = new (attachable(runtime, reach.port))(image)
    .withLabels({ "ncwspec.target": file.name, ...(await ownLabels()) })
    .withEnvironment({ ...reach.env, ...environment })
    .withCopyContentToContainer([engineScript])
    .withAutoCleanup(false) // the janitor of testcontainers is an image that would have to be fetched
    .withWaitStrategy(atOnce);
  const starting = container.start();
  const attached = await Promise.race([container.attached, starting.then(() => container.attached)]);
  const deadline = readiness * timeScale;
  const announced = awaitReady(file.name, attached, { deadline, log, ...(signal && { signal }) });
  try {
    // A container that has ended is told by its last output, not by what could not be done with it afterwards.
    const started = await Promise.race([starting, announced.then(() => starting)]);
    const unlink = await linkEngine(attached.container, log).catch(async (error) => {
      await announced;
      throw error;
    });
    const stop = async () => {
      await Promise.all([attached.kill(), unlink()]);
    };
    const ready = await announced.catch(async (error) => {
      await stop();
      throw error;
    });
    return {
      file: ready.version === undefined ? file : { ...file, version: ready.version },
      ...(await addressOf(started, ready.port)),
      path: reach.path ?? "/netconf",
      secure: false,
      reach: "container",
      control: (line) => attached.write(file.name, line),
      stop,
    };
  } catch (error) {
    await attached.kill();
    throw error;
  }
}

/** We wait for the readiness line ourselves. */
const atOnce = {
  waitUntilReady: async () => {},
  withStartupTimeout: () => atOnce,
  isStartupTimeoutSet: () => false,
  getStartupTimeout: () => readiness,
};

/**
 * The container's own address where it can be reached, because the proxy behind a published port merges segments and
 * turns resets into plain closes; the published port elsewhere.
 */
async function addressOf(started: StartedTestContainer, port: number): Promise<{ host: string; port: number }> {
  const [network = ""] = started.getNetworkNames();
  const own = { host: started.getIpAddress(network), port };
  const isOwn = process.platform === "linux" && own.host !== "";
  if (isOwn && (await listeningFault(own.host, own.port, reaching)) === undefined) return own;
  const host = started.getHost();
  return { host: host === "localhost" ? "127.0.0.1" : host, port: started.getMappedPort(port) };
}
