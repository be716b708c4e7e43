/** A process that passes on what goes to the port it is given and looks at nothing: the least that a proxy of Node costs. */
import { type AddressInfo, connect, createServer } from "node:net";

const place = { host: "127.0.0.1", port: Number(process.argv[2]), noDelay: true };
const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect(place);
  for (const socket of [client, upstream]) socket.on("error", () => {});
  client.pipe(upstream).pipe(client);
});
server.listen(0, place.host, () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit());
