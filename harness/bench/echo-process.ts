/** A process that echoes WebSocket messages by ws, for `plain-client.ts`; tells its port to the one that forked it. */
import { startEcho } from "./echo.ts";

const { port } = await startEcho();
process.send?.(port);
process.once("disconnect", () => process.exit());
