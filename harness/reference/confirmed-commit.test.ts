import { describe, expect, test } from "vitest";
import { createEngine } from "./engine.ts";
import { hello, join, type Peer, rpc, subscribe } from "./testing/peer.ts";

const confirmed = (more = "") => `<commit><confirmed/>${more}</commit>`;
const seconds = (count: number) => `<confirm-timeout>${count}</confirm-timeout>`;

function edit(value: string, datastore = "candidate"): string {
  const config = `<reference xmlns="urn:ncwspec:reference:config"><settings><label>${value}</label></settings></reference>`;
  return `<edit-config><target><${datastore}/></target><config>${config}</config></edit-config>`;
}

function label(peer: Peer, datastore = "running"): string {
  const got = peer.ask(`<get-config><source><${datastore}/></source></get-config>`);
  return /<label>([^<]*)/.exec(got)?.[1] ?? "";
}

function watched() {
  const engine = createEngine();
  const watcher = join(engine);
  watcher.ask(subscribe());
  const events = () =>
    watcher.got.flatMap((message) => {
      const [, event] = /<confirm-event>(\w+)/.exec(message) ?? [];
      const session = /<session-id>(\d+)/.exec(message)?.[1] ?? "none";
      const timeout = /<timeout>(\d+)/.exec(message)?.[1] ?? "";
      if (event !== undefined) return [`${event} ${session} ${timeout}`.trim()];
      return message.includes("netconf-config-change") ? [message.includes("<server/>") ? "reverted" : "changed"] : [];
    });
  return { engine, events };
}

describe("candidate", () => {
  test("is running until it is edited, and running becomes it by a commit", () => {
    const { engine, events } = watched();
    const [one, other] = [join(engine), join(engine)];
    one.ask(edit("new"));
    expect([label(one, "candidate"), label(other, "candidate"), label(other)]).toEqual(["new", "new", "reference"]);
    one.ask("<discard-changes/>");
    expect(label(one, "candidate")).toBe("reference");
    one.ask(edit("newer"));
    expect(events()).toEqual([]);
    one.ask("<commit/>");
    expect([label(other), events()]).toEqual(["newer", ["changed"]]);
  });

  test("is locked apart from running, and not when it is changed", () => {
    const { engine } = watched();
    const [one, other] = [join(engine), join(engine)];
    const lock = (name: string) => `<lock><target><${name}/></target></lock>`;
    one.ask(edit("new"));
    expect(other.ask(lock("candidate"))).toMatch(/lock-denied.*<session-id>0</);
    one.ask("<discard-changes/>");
    expect(one.ask(lock("candidate"))).toContain("<ok");
    expect(other.ask(lock("running"))).toContain("<ok");
    expect(other.ask(edit("x"))).toContain(">in-use<");
    expect(one.ask("<commit/>")).toContain(">in-use<");
    one.ask(edit("y"));
    one.gone("dropped");
    expect(label(other, "candidate")).toBe("reference");
  });

  test("is not there where the reference lacks it", () => {
    const peer = join(createEngine({ without: ["candidate"] }));
    expect(peer.got[0]).not.toMatch(/:candidate:|:confirmed-commit:/);
    expect(peer.ask("<commit/>")).toContain(">operation-not-supported<");
    expect(peer.ask(edit("x"))).toContain(">invalid-value<");
  });
});

describe("a confirmed commit", () => {
  test("is extended and completed", () => {
    const { engine, events } = watched();
    const peer = join(engine);
    peer.ask(edit("new"));
    peer.ask(confirmed(seconds(60)));
    peer.ask(confirmed());
    peer.ask("<commit/>");
    expect(events()).toEqual(["changed", `start ${peer.id} 60`, `extend ${peer.id} 600`, `complete ${peer.id}`]);
    expect(label(peer)).toBe("new");
  });

  test.each(["<cancel-commit/>", "<close-session/>"])("is undone by %s", (operation) => {
    const { engine, events } = watched();
    const peer = join(engine);
    peer.ask(edit("new"));
    peer.ask(confirmed());
    peer.ask(operation);
    expect(label(join(engine))).toBe("reference");
    expect(events()).toEqual(["changed", `start ${peer.id} 600`, `cancel ${peer.id}`, "changed"]);
  });

  test("is undone when its time is over, which no session did", async () => {
    const { engine, events } = watched();
    const peer = join(engine);
    peer.ask(edit("new"));
    peer.ask(confirmed(seconds(1)));
    await expect.poll(events, { timeout: 5000 }).toHaveLength(4);
    expect(events().slice(2)).toEqual(["timeout none", "reverted"]);
    expect(label(peer)).toBe("reference");
  });

  test("belongs to its session, or to who knows its persist-id", () => {
    const { engine, events } = watched();
    const [one, other] = [join(engine), join(engine)];
    one.ask(confirmed());
    expect(other.ask("<commit/>")).toContain(">in-use<");
    one.ask(confirmed("<persist>p</persist>"));
    one.gone("closed");
    expect(other.ask("<commit/>")).toContain(">invalid-value<");
    expect(other.ask("<commit><persist-id>q</persist-id></commit>")).toContain(">invalid-value<");
    expect(other.ask("<commit><persist-id>p</persist-id></commit>")).toContain("<ok");
    expect(events().at(-1)).toBe(`complete ${other.id}`);
    expect(other.ask("<cancel-commit/>")).toContain(">operation-failed<");
  });

  test("has a timeout of at least a second", () => {
    const peer = join(createEngine(), hello());
    for (const text of ["0", "-1", "x", "4294967296"])
      expect(peer.say(rpc(confirmed(`<confirm-timeout>${text}</confirm-timeout>`)))[0]).toContain(">invalid-value<");
  });
});
