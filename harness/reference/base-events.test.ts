import { describe, expect, test } from "vitest";
import { createEngine } from "./engine.ts";
import { join, subscribe } from "./testing/peer.ts";
import type { Engine } from "./types.ts";

const PAST = "<startTime>1990-01-01T00:00:00Z</startTime>";

describe("base notifications", () => {
  const reasons: readonly [string, (peer: ReturnType<typeof join>, engine: Engine) => void, string][] = [
    ["close-session", (peer) => void peer.ask("<close-session/>"), "closed"],
    ["an orderly close", (peer) => peer.gone("closed"), "closed"],
    ["a lost connection", (peer) => peer.gone("dropped"), "dropped"],
    ["a restart of the server", (_peer, engine) => engine.restart(), "other"],
  ];
  test.each(reasons)("the end by %s is reported once", (_name, end, reason) => {
    const engine = createEngine();
    const observer = join(engine);
    observer.ask(subscribe());
    const peer = join(engine);
    end(peer, engine);
    peer.gone("dropped");
    const about = join(engine);
    about.ask(subscribe(PAST));
    const ends = about.got.filter((m) => m.includes(`<session-id>${peer.id}</session-id>`));
    expect(ends).toHaveLength(2);
    expect(ends[0]).toContain("<netconf-session-start xmlns=");
    expect(ends[0]).toContain("<username>tester</username>");
    expect(ends[0]).toContain("<source-host>192.0.2.1</source-host>");
    expect(ends[1]).toContain(`<termination-reason>${reason}</termination-reason></netconf-session-end>`);
    expect(ends[1]).not.toContain("killed-by");
  });

  test("killed-by names the killer", () => {
    const engine = createEngine();
    const [observer, victim, killer] = [join(engine), join(engine), join(engine)];
    observer.ask(subscribe());
    killer.ask(`<kill-session><session-id>${victim.id}</session-id></kill-session>`);
    expect(observer.got.at(-1)).toContain(
      `<killed-by>${killer.id}</killed-by><termination-reason>killed</termination-reason>`,
    );
  });
});
