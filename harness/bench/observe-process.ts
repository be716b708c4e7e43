/** A process that observes what goes to the port it is given, for `observe.ts`; tells its port to the one that forked it. */
import { observe } from "../run/observe.ts";

const place = { host: "127.0.0.1", port: Number(process.argv[2]) };
const { port } = await observe({ listen: { host: "127.0.0.1", port: 0 }, forward: place });
process.send?.(port);
process.once("disconnect", () => process.exit());
