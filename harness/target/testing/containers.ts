/** For tests that need Docker: whether there is one, a target that needs nothing but the base image, what is running. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { containerRuntime, type Docker } from "../container-runtime.ts";

const found = await containerRuntime().catch((error: Error) => error);
if (found instanceof Error && process.env["DOCKER"] === "required") throw found;

/** Why tests that need Docker are skipped, as part of their title; empty where they are not. */
export const skipped = found instanceof Error ? ` (skipped: ${found.message})` : "";

export function docker(): Docker {
  if (found instanceof Error) throw found;
  return found.docker;
}

/** Takes every connection, says nothing on it, and ends with its input. Perl is part of every Debian. */
export const silent = `use IO::Socket::INET; use IO::Select; $| = 1;
my ($host, $port) = split /:/, $ENV{NCWS_LISTEN};
my $server = IO::Socket::INET->new(LocalAddr => $host, LocalPort => $port, Listen => 9, ReuseAddr => 1) or die $!;
print qq({"ready":true,"port":$port,"version":"3"}\\n);
my ($select, @peers) = IO::Select->new($server, \\*STDIN);
while (1) {
  for ($select->can_read) {
    if ($_ == $server) { push @peers, $server->accept } elsif (!sysread STDIN, my $line, 4096) { exit }
  }
}
`;

/** A target of its own name in a folder of its own, gone after the test. @returns its file and its name */
export function target(bridge: string, command: readonly string[] = ["perl", "bridge"], more = "") {
  const folder = mkdtempSync(join(tmpdir(), "ncwspec-container-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const name = folder.slice(-6);
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  write("bridge", bridge);
  write("Dockerfile", `FROM debian:bookworm-slim\nCOPY bridge /bridge\nCMD ${JSON.stringify(command)}\n`);
  write("target.yaml", `name: ${name}\nreach: { container: { context: . } }\nclaims: { dialects: [rfc6455] }\n${more}`);
  onTestFinished(async () => {
    const images = await docker().listImages({
      filters: { reference: [`ncwspec/ncwspec-container-${name.toLowerCase()}`] },
    });
    await Promise.all(images.map(({ Id }) => docker().getImage(Id).remove({ force: true })));
  });
  return { file: join(folder, "target.yaml"), folder, name };
}

/** The containers of a target that there are, running or not. */
export async function containersOf(name: string) {
  return docker().listContainers({ all: true, filters: { label: [`ncwspec.target=${name}`] } });
}

/** Settles when a container of a target starts, from now on. */
export async function starts(name: string): Promise<void> {
  const filters = { label: [`ncwspec.target=${name}`], event: ["start"] };
  const stream = await docker().getEvents({ since: Math.floor(Date.now() / 1000), filters });
  for await (const _line of createInterface({ input: stream })) break;
  (stream as unknown as { destroy(): void }).destroy();
}

/** Settles when the containers of a target have ended. */
export async function ended(name: string): Promise<void> {
  const found = await containersOf(name);
  await Promise.all(found.map(({ Id }) => docker().getContainer(Id).wait({ condition: "not-running" })));
}
