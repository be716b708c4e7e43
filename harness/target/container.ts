/** A target in a container, built from its Dockerfile by testcontainers (a development dependency). */
import { resolve } from "node:path";
import type { GenericContainer } from "testcontainers";
import { TargetUnavailable, TargetUnreachable } from "./errors.ts";
import type { StartOptions } from "./start.ts";
import type { RunningTarget, TargetFile } from "./types.ts";

type ContainerReach = Extract<TargetFile["reach"], { container: unknown }>["container"];

/** Milliseconds a container has to get ready, before --time-scale. */
const readiness = 30_000;

/**
 * Builds the image and starts it with NCWS_LISTEN on all its interfaces; there is no control channel.
 * @throws TargetUnavailable when testcontainers or Docker is missing
 * @throws TargetUnreachable when the image cannot be built or nothing listens in time
 */
export async function startContainer(
  file: TargetFile,
  reach: ContainerReach,
  options: StartOptions,
): Promise<RunningTarget> {
  const library = await loadLibrary(file.name);
  const context = resolve(file.folder, reach.context);
  // Its own janitor container would have to be pulled; we stop what we start.
  process.env["TESTCONTAINERS_RYUK_DISABLED"] ??= "true";
  const image = await orExplain(file.name, () => library.GenericContainer.fromDockerfile(context).build());
  const container = await orExplain(file.name, () =>
    image
      .withExposedPorts(reach.port)
      .withEnvironment({ ...reach.env, ...contract(file, reach) })
      .withWaitStrategy(library.Wait.forListeningPorts())
      .withStartupTimeout(readiness * (options.timeScale ?? 1))
      .withLogConsumer((stream) => stream.on("data", (chunk: Buffer) => options.log?.(chunk.toString().trimEnd())))
      .start(),
  );
  return {
    file,
    host: container.getHost(),
    port: container.getMappedPort(reach.port),
    path: reach.path ?? "/netconf",
    secure: false,
    reach: "container",
    stop: async () => {
      await container.stop({ timeout: 2000 });
    },
  };
}

function contract(file: TargetFile, reach: ContainerReach): Record<string, string> {
  return {
    NCWS_CONTRACT: "1",
    NCWS_ROLE: file.role,
    NCWS_CASE: "*",
    NCWS_DIALECT: (file.claims.dialects ?? []).join(","),
    NCWS_SUBPROTOCOL: file.claims.subprotocol ?? "",
    NCWS_LISTEN: `0.0.0.0:${reach.port}`,
    NCWS_TLS: "off",
  };
}

interface Library {
  readonly GenericContainer: typeof GenericContainer;
  readonly Wait: { forListeningPorts(): Parameters<GenericContainer["withWaitStrategy"]>[0] };
}

async function loadLibrary(name: string): Promise<Library> {
  // A variable, because users of the published package do not have it and no bundler shall ask for it.
  const library = "testcontainers";
  try {
    return (await import(library)) as Library;
  } catch {
    throw new TargetUnavailable(
      `${name}: container targets need the package testcontainers; run npm install --save-dev testcontainers`,
    );
  }
}

async function orExplain<T>(name: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const text = (error as Error).message.split("\n")[0] ?? "";
    if (/container runtime|ENOENT.*docker|ECONNREFUSED|docker daemon/i.test(text)) {
      throw new TargetUnavailable(
        `${name}: no container runtime answers (${text}); start Docker, or use a process target`,
      );
    }
    throw new TargetUnreachable(`${name}: the container is not ready: ${text}`);
  }
}
