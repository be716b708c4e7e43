import { describe, expect, test } from "vitest";
import { accessControl, noAccessControl, type Rule } from "./access-control.ts";
import { RULES } from "./accounts.ts";
import { createEngine } from "./engine.ts";
import { CONFIG, EVENT, NC } from "./names.ts";
import { emit, hello, marks, rpc, subscribe } from "./testing/peer.ts";
import { element } from "./xml-tree.ts";

const control = (...rules: readonly Rule[]) => accessControl(new Map([["u", rules]]));
const operation = (local: string) => element(NC, local);

describe("rules", () => {
  test("without any, only what is guarded may not be done", () => {
    const { mayExecute, mayReceive, readable } = control();
    expect(["get", "lock", "kill-session"].map((name) => mayExecute("u", operation(name)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(["event", "guarded-event"].map((name) => mayReceive("u", element(EVENT, name)))).toEqual([true, false]);
    const data = [element(CONFIG, "a")];
    expect(readable("u", data)).toBe(data);
  });

  test("the first that fits decides, by the whole name and namespace", () => {
    const { mayExecute } = control(
      { action: "permit", operation: `${NC} kill-session` },
      { action: "deny", operation: `${NC} get-config` },
      { action: "deny", operation: "urn:x lock" },
    );
    const names = ["kill-session", "get-config", "get", "lock"];
    expect(names.map((name) => mayExecute("u", operation(name)))).toEqual([true, false, true, true]);
  });

  test("close-session is always permitted", () => {
    const { mayExecute } = control({ action: "deny", operation: "*" });
    expect(["close-session", "get"].map((name) => mayExecute("u", operation(name)))).toEqual([true, false]);
  });

  test("a node that may not be read goes with all below it, one entry of a list without the others", () => {
    const entry = (name: string) => element(CONFIG, "entry", element(CONFIG, "name", name));
    const { readable } = control(
      { action: "deny", data: [{ name: `${CONFIG} top` }, { name: `${CONFIG} entry`, key: "b" }] },
      { action: "permit", data: [{ name: `${CONFIG} top` }] },
      { action: "deny", data: [] },
    );
    const left = readable("u", [element(CONFIG, "top", entry("a"), entry("b")), element(CONFIG, "other")]);
    expect(left).toEqual([element(CONFIG, "top", entry("a"))]);
  });

  test("there may be no access control at all", () => {
    expect(noAccessControl.mayExecute("u", operation("kill-session"))).toBe(true);
    expect(noAccessControl.mayReceive("u", element(EVENT, "guarded-event"))).toBe(true);
  });
});

describe("the accounts of the reference", () => {
  const engine = createEngine({ access: accessControl(RULES) });

  function join(username: string) {
    const got: string[] = [];
    const close = (code: number) => void got.push(`close ${code}`);
    const peer = { username, sourceHost: "192.0.2.1", send: (message: string) => void got.push(message), close };
    const session = engine.open(peer);
    session.receive(hello());
    const ask = (content: string): string => {
      const before = got.length;
      session.receive(rpc(content));
      return got[before] ?? "";
    };
    return { id: session.id, got, ask };
  }

  test("a guarded event goes to those only who have a permission", () => {
    const [admin, reader] = [join("admin"), join("reader")];
    admin.ask(subscribe());
    reader.ask(subscribe());
    admin.ask(emit("one", "<type>guarded-event</type>"));
    admin.ask(emit("two"));
    expect([marks(admin.got), marks(reader.got)]).toEqual([["one", "two"], ["two"]]);
    expect(admin.ask(emit("three", "<type>other</type>"))).toContain("There is no event other.");
  });

  test("a user without permissions gets access-denied for all but close-session", () => {
    const nobody = join("nobody");
    expect(nobody.ask("<get/>")).toContain(">access-denied<");
    expect(nobody.ask(subscribe())).toContain(">access-denied<");
    expect(nobody.ask("<close-session/>")).toContain("<ok");
  });

  test("a hidden stream is no stream, and kill-session is kept from the reader", () => {
    const [admin, reader] = [join("admin"), join("reader")];
    expect(reader.ask(subscribe("<stream>ncwspec</stream>"))).toContain(">invalid-value<");
    expect(reader.ask(`<kill-session><session-id>${admin.id}</session-id></kill-session>`)).toContain(
      ">access-denied<",
    );
    expect(reader.ask("<get/>")).not.toMatch(/ncwspec<|settings/);
    expect(admin.ask("<get/>")).toMatch(/<name>ncwspec<.*<settings|<settings.*<name>ncwspec</s);
  });
});
