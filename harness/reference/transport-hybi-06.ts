import { dialects } from "../wire/index.ts";
import { hybi06Endpoint } from "./hybi-06-endpoint.ts";
import { NO_CACHE, refuse } from "./refusal.ts";
import { type Opening, openSession } from "./transport.ts";
import type { EngineSession } from "./types.ts";

/** The server's side of hybi-06. */
export function openHybi06(opening: Opening): void {
  const { socket, headBytes, rest, subprotocol } = opening;
  const codec = dialects["hybi-06"];
  const request = codec.readRequest(headBytes);
  if (request.state !== "complete") {
    refuse(socket, { status: 400, reason: "The request is malformed." });
    return;
  }
  const endpoint = hybi06Endpoint({
    socket,
    end: "server",
    onText: (text) => session.receive(text),
    onEnd: ({ how }) => session.gone(how),
  });
  socket.write(codec.openingResponse(request.value, { subprotocol, set: Object.fromEntries(NO_CACHE) }));
  socket.on("error", () => {});
  const session: EngineSession = openSession(opening, endpoint);
  socket.on("close", () => session.gone("dropped"));
  socket.on("data", endpoint.receive);
  if (rest.length > 0) endpoint.receive(rest);
}
