import { isIP } from "node:net";
import { connect } from "node:tls";
import { tlsFailure } from "../tls/failure.ts";
import type { TlsAccess } from "./types.ts";

/**
 * Whether TLS comes about there, with the certificate of the target as it should be.
 * @param deadline milliseconds
 * @returns what is wrong, in words that name the key of the target file; undefined when nothing is
 */
export function certificateFault(
  host: string,
  port: number,
  { ca, cert, key, servername = isIP(host) ? "" : host }: TlsAccess,
  deadline: number,
): Promise<string | undefined> {
  return new Promise((settle) => {
    const socket = connect({ host, port, servername, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
    const timer = setTimeout(() => done(`no TLS handshake within ${Math.round(deadline)} ms`), deadline);
    const done = (outcome?: string) => {
      clearTimeout(timer);
      socket.destroy();
      settle(outcome);
    };
    socket.once("secureConnect", () => done());
    // That the connection ends without a word of TLS is for the cases to say.
    socket.on("error", (error: NodeJS.ErrnoException) => done(tlsFailure(error)));
  });
}
