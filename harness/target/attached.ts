/** A container whose standard input and output are ours, as those of a child process. */
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import type { GenericContainer } from "testcontainers";
import { type Container, type ContainerRuntime, unlessGone } from "./container-runtime.ts";
import { TargetUnreachable } from "./errors.ts";
import type { Program } from "./readiness.ts";

export interface Attached extends Program {
  readonly container: Container;
  /** Writes a line to its standard input. @throws TargetUnreachable */
  write(name: string, line: Readonly<Record<string, unknown>>): Promise<void>;
}

type AttachableClass = new (image: string) => GenericContainer & { readonly attached: Promise<Attached> };

/**
 * Containers that are attached before they start, so that nothing they print is lost, and whose input ends with us,
 * however we end.
 * @param port what the container listens at; published for this machine only, where Docker is on it
 */
export function attachable({ GenericContainer, docker, isLocal }: ContainerRuntime, port: number): AttachableClass {
  return class extends GenericContainer {
    readonly attached: Promise<Attached>;
    #attach: (to: Promise<Attached>) => void = () => {};

    constructor(image: string) {
      super(image);
      this.attached = new Promise((settle) => {
        this.#attach = settle;
      });
      this.withExposedPorts(port);
      Object.assign(this.createOpts, { OpenStdin: true, StdinOnce: true });
      if (isLocal) this.hostConfig.PortBindings = { [`${port}/tcp`]: [{ HostIp: "127.0.0.1", HostPort: "0" }] };
    }

    protected override async containerCreated(id: string): Promise<void> {
      const attached = attach(docker.getContainer(id));
      this.#attach(attached);
      await attached;
    }
  };
}

async function attach(container: Container): Promise<Attached> {
  const stream = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  container.modem.demuxStream(stream, stdout, stderr);
  const ended = finished(stream, { writable: false })
    .catch(() => {}) // a connection that breaks is over too
    .then(() => {
      stdout.end();
      stderr.end();
      return container.wait({ condition: "not-running" });
    })
    .then(
      ({ StatusCode }: { StatusCode: number }) => StatusCode,
      () => "removed",
    );
  return {
    container,
    stdout,
    stderr,
    ended,
    kill: () => container.remove({ force: true, v: true }).then(() => {}, unlessGone),
    write: (name, line) =>
      new Promise((settle, refuse) => {
        const fail = (why: string) => refuse(new TargetUnreachable(`${name}: its control channel is closed (${why})`));
        if (!stream.writable) return fail("the container has ended");
        stream.write(`${JSON.stringify(line)}\n`, (error?: Error | null) => (error ? fail(error.message) : settle()));
      }),
  };
}
