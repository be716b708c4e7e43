/** Runs a link: bytes from either socket through the opening, then through the frames. */
import type { Socket } from "node:net";
import type { End } from "../wire/types.ts";
import { cut } from "./cut.ts";
import { type Direction, direction } from "./direction.ts";
import type { ProxiedLink } from "./link.ts";
import { type OpeningReader, requestReader, responseReader } from "./opening.ts";
import { opposite } from "./opposite.ts";

/** Connects the two sockets of a link; their events do the rest. */
export function relay(link: ProxiedLink, sockets: Readonly<Record<End, Socket>>, gone: () => void): void {
  const { hooks } = link;
  const asIs = (from: End): Direction => ({ push: (bytes) => link.write(opposite(from), bytes), end: () => {} });
  const flows: Record<End, Direction> = {
    client: direction("client", hooks, link, link.outlet("client")),
    server: direction("server", hooks, link, link.outlet("server")),
  };
  const openings = openingsOf(link, () => {
    flows.client = asIs("client");
    flows.server = asIs("server");
  });
  const finished = new Set<End>();
  const goesOn = (from: End, how: "fin" | "reset") =>
    hooks.map((hook) => hook.ended?.(from, link, how) ?? true).every((passes) => passes);

  for (const from of ["client", "server"] as const) {
    const [socket, target] = [sockets[from], sockets[opposite(from)]];
    let flowing = false;
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      // One segment in, one segment out.
      target.cork();
      const behind = flowing ? bytes : openings[from].push(bytes);
      flowing = behind !== undefined;
      if (behind !== undefined && behind.length > 0) flows[from].push(behind);
      target.uncork();
    });
    socket.on("end", () => {
      finished.add(from);
      if (flowing) flows[from].end();
      else link.write(opposite(from), openings[from].rest());
      if (goesOn(from, "fin")) target.end();
      if (finished.has(opposite(from))) socket.end();
    });
    socket.on("error", () => {
      if (goesOn(from, "reset")) cut(target);
    });
    socket.on("close", gone);
  }
}

/** @param refused called when the response is no 101, and what follows is no frames */
function openingsOf(link: ProxiedLink, refused: () => void): Record<End, OpeningReader> {
  return {
    client: requestReader(
      link.hooks,
      link,
      (bytes) => link.write("server", bytes),
      (seen) => {
        link.request = seen;
      },
    ),
    server: responseReader(
      link.hooks,
      link,
      (bytes) => link.write("client", bytes),
      (upgraded) => {
        link.upgraded = upgraded;
        if (!upgraded) refused();
      },
    ),
  };
}
