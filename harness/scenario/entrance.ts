/** How a connection comes in: at which port, as whom, with which certificate. */
import type { TlsClient } from "../session/open-socket.ts";
import { credentials } from "../target/credentials.ts";
import { settingOf } from "../target/settings.ts";
import type { User, UserName } from "../target/types.ts";
import type { Arguments } from "./arguments.ts";
import { type DriveContext, DriveStop } from "./context.ts";

export interface Entrance {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly tls: TlsClient;
  /** Fields of the opening request that say who it is, and others that the target file asks for. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What the arguments of a step say: `user`, one of the target file's; `certificate`, one that the case has made, or
 * `none`; `over`: `tls`, or `tcp` for a connection without TLS to a port that speaks it. Without any of them it is the
 * suite's own user at the target's own port.
 */
export function entranceOf(context: DriveContext, args: Arguments): Entrance {
  const { target } = context;
  const { access, claims } = target.file;
  const source = settingOf(claims, "username");
  const user = args["user"] === undefined ? undefined : userOf(context, String(args["user"]));
  const { ca, servername, ...own } = access.tls ?? {};
  const shown = args["certificate"] === undefined ? (user?.tls ?? own) : certificateOf(context, args["certificate"]);
  const isByCertificate = args["certificate"] !== undefined || (source === "certificate" && user?.tls !== undefined);
  const wantsTls = args["over"] !== undefined || isByCertificate;
  const { host, port } = wantsTls ? portOfTls(context) : target;
  return {
    host,
    port,
    secure: args["over"] === "tcp" ? false : wantsTls || target.secure,
    tls: { ca, servername, ...shown },
    headers: { ...access.headers, ...(user && credentials(source, user)) },
  };
}

function userOf({ target }: DriveContext, name: string): User {
  const user = target.file.access.users[name as UserName];
  if (user === undefined) throw new DriveStop(`the target file has no user "${name}" (access.users)`);
  return user;
}

function certificateOf(context: DriveContext, name: unknown): TlsClient {
  if (name === "none") return {};
  const identity = context.certificates.get(String(name));
  if (identity === undefined) throw new DriveStop(`no certificate "${String(name)}" was made`);
  return identity;
}

function portOfTls({ target }: DriveContext): { readonly host: string; readonly port: number } {
  if (target.secure) return target;
  if (target.tls === undefined) throw new DriveStop("the target has no port with TLS");
  return target.tls;
}
