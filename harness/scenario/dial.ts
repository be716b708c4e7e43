/** Opens the connections of a drive. */
import { type Connection, connect } from "../session/connection.ts";
import type { Arguments } from "./arguments.ts";
import { type DriveContext, DriveStop, endOptions, enlist } from "./context.ts";
import { entranceOf } from "./entrance.ts";

/** There is no connection; for what is refused this is an answer too. */
export class NoConnection extends DriveStop {}

/**
 * Opens a connection under the name given, by TCP or TLS; stops the drive when there is none.
 * @param args how it comes in: `user`, `certificate`, `over`
 * @throws Error when the name is taken: one name in a transcript is one connection
 */
export async function dial(context: DriveContext, name: string, args: Arguments = {}): Promise<Connection> {
  if (context.connections.has(name)) throw new Error(`the connection "${name}" is there already`);
  const { headers, ...place } = entranceOf(context, args);
  const connectDeadline = context.target.file.access.deadlines.connect;
  const connection = await connect({ ...endOptions(context, name), ...place, connectDeadline });
  if ("failure" in connection) throw new NoConnection(`no connection: ${connection.failure}`);
  context.headers.set(name, headers);
  return enlist(context, connection);
}
