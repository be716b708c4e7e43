/**
 * A process that observes what goes to the port it is given, for `observe.ts`; tells its port to the one that forked it,
 * and the number of each connection once both its ends are judged.
 */
import { observe } from "../run/observe.ts";

const ends = 2;
let judged = 0;
const place = { host: "127.0.0.1", port: Number(process.argv[2]) };
const { port } = await observe({
  listen: { host: "127.0.0.1", port: 0 },
  forward: place,
  onCase: (_result, number) => {
    judged += 1;
    if (judged % ends === 0) process.send?.(number);
  },
});
process.send?.(port);
process.once("disconnect", () => process.exit());
