/**
 * The reference's engine for a bridge in a container. The engine runs here; in the container NCWS_ENGINE is a script
 * that hands its standard input and output on through two named pipes to a second command, which Docker attaches to
 * us. So the image needs neither Node nor a way through the network to this machine.
 */

import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { startGroup } from "./child-group.ts";
import type { Container } from "./container-runtime.ts";
import { engineCommand } from "./engine-command.ts";

const script = "/ncwspec/engine";
const pipes = { in: "/tmp/ncwspec-engine-in", out: "/tmp/ncwspec-engine-out" };
const makePipes = `mkfifo -m 600 ${pipes.in} ${pipes.out} 2>/dev/null`;

/** What the container finds in NCWS_ENGINE. */
export const linkedEngine = `sh ${script}`;

/** The script behind it, to be copied into the container before it starts. */
export const engineScript = {
  target: script,
  // The input of a command in the background is /dev/null unless it is named.
  content: `${makePipes}\nexec 3<&0\ncat <&3 >${pipes.in} &\nexec cat ${pipes.out}\n`,
};

const otherEnd = `${makePipes}\ncat ${pipes.in} &\nexec cat >${pipes.out}`;

/** Milliseconds between SIGTERM and SIGKILL of the engine. */
const patience = 2000;

/** Starts an engine and links it to the container, which must be running. @returns ends it */
export async function linkEngine(container: Container, log: (line: string) => void): Promise<() => Promise<void>> {
  const command = await container.exec({
    Cmd: ["sh", "-c", otherEnd],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const link = await command.start({ hijack: true, stdin: true });
  const engine = startGroup(["sh", "-c", engineCommand()], process.cwd(), process.env);
  const complaints = new PassThrough();
  container.modem.demuxStream(link, engine.child.stdin, complaints);
  engine.child.stdout.pipe(link);
  link.on("error", () => engine.child.stdin.end());
  link.on("end", () => engine.child.stdin.end());
  for (const output of [complaints, engine.child.stderr]) createInterface(output).on("line", log);
  return async () => {
    link.destroy();
    await engine.stop(patience);
  };
}
