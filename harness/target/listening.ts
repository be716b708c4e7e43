import { connect } from "node:net";

/**
 * Whether something listens there.
 * @param deadline milliseconds
 * @returns what is wrong; undefined when a connection could be made
 */
export function listeningFault(host: string, port: number, deadline: number): Promise<string | undefined> {
  return new Promise((settle) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => done(`no answer within ${Math.round(deadline)} ms`), deadline);
    const done = (outcome?: string) => {
      clearTimeout(timer);
      socket.destroy();
      settle(outcome);
    };
    socket.once("connect", () => done());
    // A reset says that something listens; what it then does is for the cases to say.
    socket.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" ? done() : done(reasons[error.code ?? ""] ?? error.message),
    );
  });
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up now",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ETIMEDOUT: "no answer",
};
