/** The reference client against the reference server, in every dialect. */
import { afterEach, describe, expect, test } from "vitest";
import { dialectNames } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";
import { type ReferenceClient, type ReportLine, startReferenceClient } from "./client.ts";
import { type ClientSession, openClientSession } from "./client-session.ts";
import { type Reference, startReference } from "./server.ts";

const started: { stop(): void | Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

interface Live {
  readonly server: Reference;
  readonly client: ReferenceClient;
  readonly reports: readonly ReportLine[];
  /** The next report of that kind. */
  report(kind: string): Promise<ReportLine>;
}

async function live(dialect: DialectName, subprotocol = "netconf"): Promise<Live> {
  const server = await startReference();
  const reports: ReportLine[] = [];
  let wake: () => void = () => {};
  let read = 0;
  const url = `ws://127.0.0.1:${server.port}/netconf`;
  const client = startReferenceClient({ case: "t", dialect, url, subprotocol }, (line) => {
    reports.push(line);
    wake();
  });
  started.push({ stop: () => client.control({ end: true }) }, { stop: server.close });
  return {
    server,
    client,
    reports,
    async report(kind) {
      for (;;) {
        const at = reports.findIndex((line, index) => index >= read && line["report"] === kind);
        if (at >= 0) {
          read = at + 1;
          return reports[at] as ReportLine;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

describe.each(dialectNames)("under %s", (dialect) => {
  test("it opens a session, subscribes, receives, asks and closes in good order", async () => {
    const { server, client, reports, report } = await live(dialect);
    expect(await report("open")).toEqual({ report: "open", subprotocol: "netconf" });
    expect(await report("hello")).toMatchObject({ sessionId: expect.stringMatching(/^\d+$/) });
    expect(await report("reply")).toMatchObject({ messageId: "1", ok: true });
    server.engine.emit({ token: "mark-1" });
    expect((await report("notification"))["xml"]).toContain("mark-1");
    client.control({ rpc: "<get><filter/></get>" });
    expect(await report("reply")).toMatchObject({ messageId: "2", ok: true });
    client.control({ rpc: "<no-such-operation/>" });
    expect(await report("reply")).toMatchObject({ messageId: "3", error: expect.any(String) });
    client.control({ close: true });
    expect(await report("closed")).toMatchObject({ clean: true });
    expect(reports.filter((line) => line["report"] === "failed")).toEqual([]);
  });

  test("it fails where the server refuses, and connects again when told so", async () => {
    const { client, report } = await live(dialect, "other");
    expect(await report("failed")).toMatchObject({ reason: expect.any(String) });
    client.control({ connect: true });
    expect(await report("failed")).toMatchObject({ reason: expect.any(String) });
    client.control({ end: true });
    expect(await client.done).toBe(0);
  });
});

describe("a session without a transport", () => {
  const hello = (more: string) =>
    `<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities><capability>urn:ietf:params:netconf:base:1.0</capability></capabilities>${more}</hello>`;

  function session(): { session: ClientSession; sent: string[]; said: ReportLine[] } {
    const sent: string[] = [];
    const said: ReportLine[] = [];
    const opened = openClientSession({
      task: { subprotocol: "netconf", filter: "<a/>", startTime: "2026-01-01T00:00:00Z" },
      send: (text) => void sent.push(text),
      close: (code) => void sent.push(`close ${code}`),
      report: (line) => void said.push(line),
    });
    return { session: opened, sent, said };
  }

  test("ends where hello names no session-id, without close-session", () => {
    const { session: one, sent, said } = session();
    one.opened("netconf");
    one.receive(hello(""));
    expect(sent.slice(1)).toEqual(["close 1002"]);
    expect(said.at(-1)).toEqual({ report: "failed", reason: "hello without a session-id" });
  });

  test("asks for no subscription where the server has none", () => {
    const { session: one, sent } = session();
    one.opened("netconf");
    one.receive(hello("<session-id> 4 </session-id>"));
    expect(sent).toHaveLength(1);
  });

  test("asks with the parameters of its task in their order", () => {
    const { session: one, sent } = session();
    one.opened("netconf");
    const capability = "<capability>urn:ietf:params:netconf:capability:notification:1.0</capability></capabilities>";
    one.receive(hello("<session-id>4</session-id>").replace("</capabilities>", capability));
    expect(sent[1]).toMatch(/message-id="1"><create-subscription .*<filter type="subtree"><a\/><\/filter><startTime>/);
  });

  test("sends nothing where the subprotocol was not confirmed", () => {
    const { session: one, sent } = session();
    one.opened(undefined);
    expect(sent).toEqual(["close 1002"]);
  });

  test("keeps the markers of a replay from the events", () => {
    const { session: one, said } = session();
    one.opened("netconf");
    one.receive(hello("<session-id>4</session-id>"));
    const marker = '<replayComplete xmlns="urn:ietf:params:xml:ns:netmod:notification"/>';
    one.receive(
      `<notification xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"><eventTime>2026-01-01T00:00:00Z</eventTime>${marker}</notification>`,
    );
    expect(said.at(-1)).toEqual({ report: "replayComplete" });
  });
});
