/** Docker, or what answers in its place, through testcontainers (which users of the package need not have). */
import type { ContainerRuntimeClient, GenericContainer } from "testcontainers";

export type Docker = ContainerRuntimeClient["container"]["dockerode"];
export type Container = ReturnType<Docker["getContainer"]>;

interface Library {
  readonly GenericContainer: typeof GenericContainer;
  readonly getContainerRuntimeClient: () => Promise<ContainerRuntimeClient>;
}

export interface ContainerRuntime {
  readonly GenericContainer: typeof GenericContainer;
  readonly docker: Docker;
  /** Published ports can be kept to 127.0.0.1. */
  readonly isLocal: boolean;
}

/**
 * The container runtime of this machine.
 * @throws Error saying what is missing and what to do
 */
export async function containerRuntime(): Promise<ContainerRuntime> {
  const { GenericContainer, getContainerRuntimeClient } = await loadLibrary();
  const client = await getContainerRuntimeClient().catch(() => {
    throw new Error(
      "no Docker answers this user here; install it (apt-get install docker.io), start it, or join its group",
    );
  });
  const { host, hostIps } = client.info.containerRuntime;
  const isLocal = host === "localhost" && hostIps.some(({ family }) => family === 4);
  return { GenericContainer, docker: client.container.dockerode, isLocal };
}

async function loadLibrary(): Promise<Library> {
  // A variable, because no bundler shall ask for it.
  const library = "testcontainers";
  try {
    return (await import(library)) as Library;
  } catch {
    throw new Error("the package testcontainers is missing; npm install --save-dev testcontainers");
  }
}

/** Passes over what Docker answers when the thing is not there (404) or is just being removed (409). */
export function unlessGone(error: unknown): void {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode !== 404 && statusCode !== 409) throw error;
}
