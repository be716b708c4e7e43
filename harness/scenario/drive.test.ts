/** Every drive step against a server that does what a script says. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { readConversation } from "../judge/conversation.ts";
import type { Entry } from "../judge/types.ts";
import { interrupted, steps } from "./drive.ts";
import { type DrivenOptions, driven as play, type Script, soon } from "./testing/driven.ts";
import { greet, idOf, notification, okTo, serving } from "./testing/netconf-script.ts";

async function driven(options: DrivenOptions) {
  const started = performance.now();
  const outcome = await play(options);
  return { ...outcome, durationMs: performance.now() - started };
}
type Driven = Awaited<ReturnType<typeof driven>>;

const stepsOf = ({ transcript }: Driven) =>
  transcript.entries.filter((entry): entry is Extract<Entry, { type: "step" }> => entry.type === "step");
const viewOf = ({ transcript }: Driven, conn = "a") => {
  const view = readConversation(transcript).connections.get(conn);
  if (!view) throw new Error(`no connection "${conn}"`);
  return view;
};
/** Our frames, as `kind payload`. */
const sent = (outcome: Driven, conn = "a") =>
  viewOf(outcome, conn).frames.flatMap(({ from, frame }) =>
    from === "client" ? [`${frame.kind} ${Buffer.from(frame.payload).toString("latin1")}`.trim()] : [],
  );
/** Sizes of the segments that went out behind the step with this label. */
const segmentsBehind = ({ transcript }: Driven, label: string) => {
  const place = transcript.entries.findIndex((entry) => entry.type === "step" && entry.label === label);
  return transcript.entries
    .slice(place)
    .flatMap((entry) => (entry.type === "bytes" && entry.from === "client" ? [entry.data.length] : []));
};
const tcpOf = (outcome: Driven, conn = "a") =>
  outcome.transcript.entries.flatMap((entry) =>
    entry.type === "tcp" && entry.conn === conn ? [`${entry.from} ${entry.event}`] : [],
  );
const accepting: Script = async (side) => {
  await side.accept();
  for (let event = await side.next(); event; event = await side.next())
    if (event.type === "close") {
      side.frame({ kind: "close" });
      side.socket.end();
    }
};

describe("connect", () => {
  test("is TCP and nothing more", async () => {
    const outcome = await driven({ steps: [{ connect: "a" }] });
    expect(outcome.stopped).toBeUndefined();
    expect(outcome.transcript.entries).toMatchObject([{ type: "tcp", conn: "a", from: "client", event: "open" }]);
  });

  test("stops where there is nobody", async () => {
    const gone = await driven({ steps: [] });
    const outcome = await driven({ steps: [{ connect: "a" }, { open: "b" }], port: gone.server.port });
    expect(outcome.stopped).toBe("step 1 (connect): no connection: ECONNREFUSED");
    expect(tcpOf(outcome)).toEqual(["client refused"]);
    expect(stepsOf(outcome).at(-1)).toMatchObject({ step: "stopped", detail: { reason: outcome.stopped } });
  });

  test("one name is one connection", async () => {
    await expect(driven({ steps: [{ connect: "a" }, { connect: "a" }] })).rejects.toThrow('"a" is there already');
  });
});

describe("request", () => {
  test("a refusal is no reason to stop", async () => {
    const refusing: Script = async (side) => {
      await side.request();
      side.send("HTTP/1.1 403 Forbidden\r\n\r\nbody");
      side.socket.end();
    };
    const outcome = await driven({ steps: [{ request: { on: "a", label: "asked" } }], script: refusing });
    expect(outcome.stopped).toBeUndefined();
    expect(viewOf(outcome).response?.value.status).toBe(403);
    expect(stepsOf(outcome).map(({ step, label }) => [step, label])).toEqual([
      ["request", undefined],
      ["requested", "asked"],
    ]);
  });

  test("changes, and what only the target knows, are in it", async () => {
    let text = "";
    const script: Script = async (side) => {
      await side.request();
      text = side.received.toString("latin1");
      side.socket.end();
    };
    await driven({
      steps: [
        {
          request: {
            on: "a",
            query: "x=1",
            set: { "X-A": "${scheme}://${authority}${path} ${SUBPROTOCOL}", "X-B": "${repeat:ab:3}", Origin: null },
            rawLines: ["X-C: c"],
          },
        },
      ],
      script,
      access: { headers: { "X-Auth": "token" } },
    });
    expect(text).toMatch(/^GET \/netconf\?x=1 HTTP\/1\.1\r\n/);
    expect(text).toMatch(/\r\nX-A: http:\/\/127\.0\.0\.1:\d+\/netconf NETCONF\r\n/);
    expect(text).toContain("\r\nX-B: ababab\r\n");
    expect(text).toContain("\r\nX-C: c\r\n");
    expect(text).toContain("\r\nX-Auth: token\r\n");
  });

  test("is cut into segments", async () => {
    const outcome = await driven({ steps: [{ request: { on: "a", cut: [10, 20] } }], script: accepting });
    const sizes = outcome.transcript.entries.flatMap((entry) => (entry.type === "bytes" ? [entry.data.length] : []));
    expect(sizes.slice(0, 2)).toEqual([10, 10]);
    expect(viewOf(outcome).response?.value.status).toBe(101);
  });

  test("holds back key3, sees the head, and releases it (hybi-00)", async () => {
    const script: Script = async (side) => {
      while (!side.received.includes("\r\n\r\n")) await new Promise((resolve) => side.socket.once("data", resolve));
      side.send("HTTP/1.1 101 WebSocket Protocol Handshake\r\n");
      side.send("Upgrade: WebSocket\r\n\r\n");
      await side.request();
      side.send("0123456789abcdef");
    };
    const steps = [{ request: { on: "a", hold: "key3", await: "head" } }, { release: { on: "a", label: "rest" } }];
    const outcome = await driven({ dialect: "hybi-00", steps, script });
    const conversation = readConversation(outcome.transcript);
    expect(conversation.connections.get("a")?.headAt).toBeLessThan(conversation.step("rest")?.at ?? -1);
    expect(conversation.connections.get("a")?.response?.value.status).toBe(101);
  });

  test("has frames in its own segment", async () => {
    let text = "";
    const script: Script = async (side) => {
      await side.accept();
      text = await side.message();
    };
    const steps = [
      {
        request: {
          on: "a",
          tail: [
            { kind: "text", text: "early" },
            { kind: "ping", hex: "01 02" },
          ],
        },
      },
      { tcp: { on: "a", do: "fin" } },
    ];
    const outcome = await driven({ steps, script });
    expect(sent(outcome)).toEqual(["text early", "ping \x01\x02"]);
    expect(stepsOf(outcome)[1]).toMatchObject({ step: "requested", detail: { payload: "0102" } });
    await expect.poll(() => text).toBe("early");
  });

  test("goes on without waiting when told so", async () => {
    const outcome = await driven({ steps: [{ request: { on: "a", await: "none" } }] });
    expect(outcome.durationMs).toBeLessThan(1000);
  });

  test("goes on after the deadline", async () => {
    const outcome = await driven({ steps: [{ request: "a" }], access: { deadlines: soon } });
    expect(outcome.stopped).toBeUndefined();
  });
});

describe("open", () => {
  test.each([
    ["a refusal", "HTTP/1.1 400 Bad Request\r\n\r\n", "the opening handshake was answered 400"],
    ["no HTTP", "hello\r\n", "the opening handshake got no whole response"],
    ["the end", "", "the opening handshake got no whole response"],
  ])("stops at %s", async (_what, answer, reason) => {
    const script: Script = async (side) => {
      await side.request();
      side.socket.end(answer);
    };
    const outcome = await driven({ steps: [{ open: "a" }, { ping: { on: "a", label: "never" } }], script });
    expect(outcome.stopped).toBe(`step 1 (open): ${reason}`);
    expect(stepsOf(outcome).map(({ step }) => step)).toEqual(["request", "requested", "stopped"]);
  });
});

describe("session", () => {
  test("is both hellos, and knows the session-id", async () => {
    const steps = [{ session: "a" }, { rpc: { on: "a", message: '<rpc message-id="${id}">${a.session-id}</rpc>' } }];
    const outcome = await driven({ steps, script: serving() });
    expect(outcome.stopped).toBeUndefined();
    expect(sent(outcome)).toEqual([expect.stringContaining("<hello"), 'text <rpc message-id="m1">1</rpc>']);
  });

  test("hello and waiting can be left out, and done later", async () => {
    const steps = [
      { session: { as: "a", hello: "none" } },
      { session: { on: "a", await: "none", hello: "<x/>" } },
      { close: "a" },
    ];
    const outcome = await driven({ steps, script: serving() });
    expect(sent(outcome)).toEqual(["text <x/>", "close"]);
  });

  test("stops when no hello comes", async () => {
    const outcome = await driven({ steps: [{ session: "a" }], script: accepting, access: { deadlines: soon } });
    expect(outcome.stopped).toBe("step 1 (session): no hello came from the server");
  });
});

describe("send, ping, probe", () => {
  test("frames of any kind, repeated, raw, of another dialect", async () => {
    const steps = [
      { open: "a" },
      {
        send: {
          on: "a",
          label: "all",
          frames: [
            { kind: "text", text: "x", mask: "00000000" },
            { kind: "ping", size: 2, fill: "z", times: 2 },
            { raw: "8180 00000000" },
            { kind: "close", code: 1001, reason: "bye" },
          ],
        },
      },
      { send: { on: "a", bytes: "81 80 00 00 00 00" } },
    ];
    const outcome = await driven({ steps, script: (side) => void side.accept() });
    expect(sent(outcome)).toEqual(["text x", "ping zz", "ping zz", "text", "close \x03\xe9bye", "text"]);
    expect(stepsOf(outcome).find(({ label }) => label === "all")?.detail).toEqual({ payload: "7a7a" });
    const foreign = [{ open: "a" }, { send: { on: "a", as: "hybi-00", frames: [{ kind: "text", text: "x" }] } }];
    const entries = (await driven({ steps: foreign, script: (side) => void side.accept() })).transcript.entries;
    expect(entries.at(-1)).toMatchObject({ type: "bytes", data: Buffer.from("\0x\xff", "latin1") });
  });

  test("a ping waits for its pong, not for one from before", async () => {
    const script: Script = async (side) => {
      await side.accept();
      side.frame({ kind: "pong", payload: Buffer.from("p") });
      await side.next(({ type }) => type === "frame");
      side.frame({ kind: "pong", payload: Buffer.from("p") });
    };
    const outcome = await driven({ steps: [{ open: "a" }, { ping: { on: "a", label: "p", text: "p" } }], script });
    expect(viewOf(outcome).frames.filter(({ from }) => from === "server")).toHaveLength(2);
    expect(stepsOf(outcome).at(-1)).toMatchObject({ step: "ping", label: "p", detail: { payload: "70" } });
  });

  test("a ping without an answer does not stop the drive", async () => {
    const outcome = await driven({
      steps: [{ open: "a" }, { ping: { on: "a", label: "p" } }],
      script: accepting,
      access: { deadlines: soon },
    });
    expect(outcome.stopped).toBeUndefined();
  });

  test.each([
    ["answered", serving()],
    [
      "closed",
      (async (side) => {
        await greet(side);
        await side.message();
        side.frame({ kind: "close" });
      }) satisfies Script,
    ],
    [
      "cut",
      (async (side) => {
        await greet(side);
        await side.message();
        side.socket.resetAndDestroy();
      }) satisfies Script,
    ],
  ] as const)("a probe is over when it is %s", async (_what, script) => {
    const outcome = await driven({ steps: [{ session: "a" }, { probe: { on: "a", label: "alive" } }], script });
    expect(outcome.stopped).toBeUndefined();
    expect(outcome.durationMs).toBeLessThan(1500);
    expect(stepsOf(outcome).at(-1)).toMatchObject({
      step: "rpc",
      label: "alive",
      detail: { messageId: "p1", probe: true },
    });
  });
});

describe("rpc", () => {
  test("stops without a reply, naming label and message-id", async () => {
    const script: Script = async (side) => {
      await greet(side);
      side.text(okTo('message-id="other"'));
      await side.next(({ type }) => type === "close");
    };
    const outcome = await driven({
      steps: [{ session: "a" }, { rpc: { on: "a", label: "asked" } }],
      script,
      access: { deadlines: soon },
    });
    expect(outcome.stopped).toBe('step 2 (rpc): no reply to "asked" (message-id m1)');
  });

  test.each(["outcome", "any", "none"])("goes on with await: %s", async (wanted) => {
    const script: Script = async (side) => {
      await greet(side);
      await side.message();
      side.frame({ kind: "close" });
    };
    const outcome = await driven({ steps: [{ session: "a" }, { rpc: { on: "a", await: wanted } }], script });
    expect(outcome.stopped).toBeUndefined();
    expect(outcome.durationMs).toBeLessThan(1500);
  });

  test("any reply counts, also one that came while the rpc was still going out", async () => {
    const script: Script = async (side) => {
      await greet(side);
      await new Promise((resolve) => side.socket.once("data", resolve));
      side.text('<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><ok/></rpc-reply>');
      await side.message();
    };
    const outcome = await driven({
      steps: [{ session: "a" }, { rpc: { on: "a", await: "any", wire: { cut: 20 } } }],
      script,
    });
    expect(outcome.durationMs).toBeLessThan(1500);
  });

  test("the message-id stands in the message as it is, dollar signs and all", async () => {
    const rpcs: string[] = [];
    const steps = [
      { session: "a" },
      { rpc: { on: "a", id: "$& $1", message: '<rpc message-id="${id}"/>', await: "none" } },
      { rpc: { on: "a", id: "<&>", op: "<get/>", attributes: 'a="b"', await: "none" } },
      { close: "a" },
    ];
    await driven({ steps, script: serving((rpc) => rpcs.push(rpc) > 0) });
    expect(rpcs[0]).toBe('<rpc message-id="$& $1"/>');
    expect(rpcs[1]).toMatch(/message-id="&lt;&amp;(>|&gt;)" a="b"><get\/>/);
  });

  test("is put on the wire as told: padded, in fragments, cut, among other frames", async () => {
    const wire = {
      pad: 200,
      fragments: 2,
      cut: [50],
      between: [{ kind: "ping", text: "b" }],
      lead: [{ kind: "pong" }],
      tail: [{ kind: "pong", text: "t" }],
    };
    const steps = [{ session: "a" }, { rpc: { on: "a", label: "asked", wire } }];
    const outcome = await driven({ steps, script: serving() });
    expect(outcome.stopped).toBeUndefined();
    expect(viewOf(outcome).messages.at(-2)?.data).toHaveLength(200);
    const kinds = sent(outcome).map((frame) => frame.split(" ")[0]);
    expect(kinds.slice(1)).toEqual(["pong", "text", "ping", "continuation", "pong"]);
    expect(segmentsBehind(outcome, "asked")).toEqual([50, expect.any(Number)]);
  });

  test("several go out in one segment", async () => {
    const steps = [
      { session: "a" },
      { rpc: { on: "a", label: "one", wire: { hold: true } } },
      { rpc: { on: "a", label: "two" } },
      { await: { on: "a", reply: "one" } },
    ];
    const outcome = await driven({ steps, script: serving() });
    expect(outcome.stopped).toBeUndefined();
    expect(segmentsBehind(outcome, "one")).toHaveLength(1);
    expect(sent(outcome)).toHaveLength(3);
  });
});

describe("subscribe", () => {
  test("says what is asked, times worked out, and records it", async () => {
    const rpcs: string[] = [];
    const steps = [
      { session: "a" },
      {
        subscribe: {
          on: "a",
          label: "sub",
          stream: "S & T",
          filter: "<x/>",
          startTime: "now-1h",
          stopTime: "now+1h zone +02:00",
        },
      },
      { subscribe: { on: "a", xpath: '/p:a[b < "1"]', prefixes: { p: "urn:p" } } },
    ];
    const outcome = await driven({ steps, script: serving((rpc) => rpcs.push(rpc) < 0) });
    expect(outcome.stopped).toBeUndefined();
    expect(rpcs[0]).toContain(
      '<stream>S &amp; T</stream><filter type="subtree"><x/></filter><startTime>2025-12-31T23:00:00.000Z</startTime><stopTime>2026-01-01T03:00:00.000+02:00</stopTime>',
    );
    expect(rpcs[1]).toContain('<filter xmlns:p="urn:p" type="xpath" select="/p:a[b &lt; &quot;1&quot;]"/>');
    expect(stepsOf(outcome).find(({ label }) => label === "sub")).toMatchObject({
      step: "subscribe",
      detail: { messageId: "s1", startTime: "2025-12-31T23:00:00.000Z" },
    });
  });
});

describe("trigger", () => {
  test("by a session, which is closed again, and whose id is the mark", async () => {
    const steps = [{ session: "a" }, { trigger: { as: "m", times: 2 } }];
    const outcome = await driven({ steps, script: serving() });
    expect(outcome.stopped).toBeUndefined();
    expect(outcome.server.connections).toBe(3);
    expect(
      stepsOf(outcome)
        .filter(({ step }) => step === "trigger")
        .map(({ detail }) => detail),
    ).toEqual([
      { mark: "m", sessionId: "2", fields: {} },
      { mark: "m", sessionId: "3", fields: {} },
    ]);
  });

  test.each(["", "<session-id/>"])("by a session without id: the drive stops (%j)", async (id) => {
    const script: Script = async (side) => {
      await side.accept();
      side.text(`<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities/>${id}</hello>`);
    };
    const outcome = await driven({ steps: [{ trigger: "m" }], script });
    expect(outcome.stopped).toBe("step 1 (trigger): the triggering session got no session-id");
  });

  test("by the control line, a token and fields for each", async () => {
    const lines: unknown[] = [];
    const steps = [{ trigger: { as: "m", emit: { card: "c" }, each: [{ severity: "1" }, { severity: "2" }] } }];
    const triggers = { event: { emit: true } } as const;
    const outcome = await driven({ steps, access: { triggers }, control: async (line) => void lines.push(line) });
    expect(outcome.stopped).toBeUndefined();
    expect(lines).toEqual([
      { emit: { token: "mt-1.", card: "c", severity: "1" } },
      { emit: { token: "mt-2.", card: "c", severity: "2" } },
    ]);
    expect((await driven({ steps, access: { triggers } })).stopped).toContain("no control channel");
  });

  test("by an rpc on a session of its own", async () => {
    const rpcs: string[] = [];
    const steps = [{ trigger: { as: "m", times: 2 } }];
    const access = { triggers: { event: { rpc: "<make>${token}</make>" } } };
    const outcome = await driven({ steps, access, script: serving((rpc) => rpcs.push(rpc) < 0) });
    expect(outcome.server.connections).toBe(1);
    expect(rpcs.map((rpc) => /<make>.*<\/make>/.exec(rpc)?.[0])).toEqual([
      "<make>mt-1.</make>",
      expect.stringMatching(/<make>mt-\d+\.<\/make>/),
    ]);
  });

  test("by a command, which has the token in its environment", async () => {
    const good = { triggers: { event: { command: 'test -n "$NCWS_TOKEN"' } } };
    expect((await driven({ steps: [{ trigger: "m" }], access: good })).stopped).toBeUndefined();
    const bad = { triggers: { event: { command: "exit 3" } } };
    expect((await driven({ steps: [{ trigger: "m" }], access: bad })).stopped).toContain("the trigger command failed");
  });

  test("by HTTP, within a deadline", async () => {
    const asked: string[] = [];
    const http = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url !== "/silent") response.writeHead(request.url === "/no" ? 500 : 200).end();
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const at = (path: string) => ({ http: { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}${path}` } });
    const by = (path: string) =>
      driven({
        steps: [{ trigger: "m" }],
        access: { deadlines: { ...soon, event: 400 }, triggers: { event: at(path) } },
      });
    try {
      expect((await by("/${token}")).stopped).toBeUndefined();
      expect((await by("/no")).stopped).toContain('the HTTP trigger for "m" failed: status 500');
      expect((await by("/silent")).stopped).toContain('the HTTP trigger for "m" failed');
    } finally {
      http.closeAllConnections();
      http.close();
    }
    expect(asked).toEqual(["POST /mt-1.", "POST /no", "POST /silent"]);
  });
});

describe("session-mark", () => {
  test("makes the events about a session those of a mark", async () => {
    const outcome = await driven({
      steps: [{ session: "a" }, { "session-mark": { as: "m", of: "a" } }],
      script: serving(),
    });
    expect(stepsOf(outcome).at(-1)).toMatchObject({
      step: "trigger",
      label: "m",
      detail: { mark: "m", sessionId: "1" },
    });
  });

  test("stops where there is no session", async () => {
    const outcome = await driven({ steps: [{ "session-mark": { as: "m", of: "a" } }] });
    expect(outcome.stopped).toContain('"a" has no session-id');
  });
});

describe("await", () => {
  const events =
    (...texts: readonly string[]): Script =>
    async (side) => {
      await greet(side);
      for (const text of texts) side.text(text);
      await side.next(({ type }) => type === "close");
    };
  const about = (name: string, id: string) =>
    notification(`<${name} xmlns="urn:x"><session-id>${id}</session-id></${name}>`);
  const marked = [{ session: "a" }, { "session-mark": { as: "m", of: "a" } }];

  test("an event of a mark, the last kind that a session brings", async () => {
    const steps = [...marked, { await: { on: "a", event: "m" } }];
    const facts = { sessionEvents: ["start", "end"] };
    expect(
      (await driven({ steps, facts, script: events(about("start", "7"), about("end", "7")) })).stopped,
    ).toBeUndefined();
    const missing = await driven({
      steps,
      facts,
      script: events(about("start", "7"), about("end", "8")),
      access: { deadlines: soon },
    });
    expect(missing.stopped).toBe('step 3 (await): event "m" did not come on "a"');
  });

  test("of a name", async () => {
    const steps = [...marked, { await: { on: "a", event: "m", name: "start" } }];
    expect((await driven({ steps, script: events(about("start", "7")) })).stopped).toBeUndefined();
  });

  test("what was not caused, or not asked, is a reason to stop at once", async () => {
    const event = await driven({
      steps: [{ session: "a" }, { await: { on: "a", event: "m", optional: true } }],
      script: serving(),
    });
    expect(event.stopped).toBe('step 2 (await): event "m" was not caused');
    const reply = await driven({
      steps: [{ session: "a" }, { await: { on: "a", reply: "asked" } }],
      script: serving(),
    });
    expect(reply.stopped).toBe('step 2 (await): there is no rpc "asked" to be answered');
    expect((await driven({ steps: [{ await: { on: "a", end: true } }] })).stopped).toBe(
      'step 1 (await): there is no connection "a"',
    );
  });

  test("goes on without it when it is optional, and says so", async () => {
    const steps = [
      { session: "a" },
      { await: { on: "a", replayComplete: true, optional: true, label: "l" } },
      { close: { on: "a", label: "after" } },
    ];
    const outcome = await driven({ steps, script: serving(), access: { deadlines: { ...soon, reply: 2000 } } });
    expect(outcome.stopped).toBeUndefined();
    expect(stepsOf(outcome).slice(-2)).toMatchObject([
      { step: "gave-up", label: "l", conn: "a", detail: { what: "replayComplete" } },
      { step: "close", label: "after" },
    ]);
  });

  test.each([
    ["replayComplete", { replayComplete: true }],
    ["notificationComplete", { notificationComplete: true }],
    ["reply", { reply: "asked" }],
    ["hello", { hello: true }],
    ["pong", { pong: true }],
    ["response", { response: true }],
    ["close", { close: true }],
    ["end", { end: true }],
  ])("%s", async (_what, wanted) => {
    const script: Script = async (side) => {
      await greet(side);
      const rpc = await side.message();
      const complete = (name: string) => notification(`<${name} xmlns="urn:ietf:params:xml:ns:netmod:notification"/>`);
      side.text(complete("replayComplete"));
      side.text(complete("notificationComplete"));
      side.text(okTo(rpc));
      side.frame({ kind: "pong" }, { kind: "close" });
      side.socket.end();
    };
    const steps = [
      { session: "a" },
      { rpc: { on: "a", label: "asked", await: "none" } },
      { await: { on: "a", ...wanted } },
    ];
    const outcome = await driven({ steps, script });
    expect(outcome.stopped).toBeUndefined();
    expect(outcome.durationMs).toBeLessThan(1500);
  });

  test("what a filter selects of another session's events", async () => {
    const script: Script = async (side, index) => {
      await greet(side, index + 1);
      if (index === 0) for (const id of ["1", "1", "9"]) side.text(about("x", id));
      else side.text(about("x", "1"));
      await side.next(({ type }) => type === "close");
    };
    const steps = [
      { session: "b" },
      { "session-mark": { as: "m", of: "b" } },
      { await: { on: "b", event: "m", name: "x" } },
      { session: "a" },
      { await: { on: "a", selected: { of: "m", against: "b", filter: '<x xmlns="urn:x"/>' } } },
    ];
    const outcome = await driven({ steps, script });
    expect(outcome.stopped).toBeUndefined();
    expect(outcome.durationMs).toBeLessThan(1500);
  });
});

describe("close and tcp", () => {
  test("the closing handshake, to the end of TCP", async () => {
    const outcome = await driven({
      steps: [{ open: "a" }, { close: { on: "a", code: 1001, reason: "bye", label: "ours" } }],
      script: accepting,
    });
    expect(sent(outcome)).toEqual(["close \x03\xe9bye"]);
    expect(tcpOf(outcome)).toEqual(["client open", "server fin"]);
  });

  test("only as far as told", async () => {
    const steps = [{ open: "a" }, { close: { on: "a", hex: "03", await: "none" } }];
    const outcome = await driven({ steps, script: (side) => void side.accept() });
    expect(sent(outcome)).toEqual(["close \x03"]);
    expect(outcome.durationMs).toBeLessThan(1500);
  });

  test.each(["fin", "reset"])("tcp %s", async (how) => {
    const outcome = await driven({
      steps: [{ open: "a" }, { tcp: { on: "a", do: how, label: "cut" } }],
      script: (side) => void side.accept(),
    });
    expect(tcpOf(outcome)).toEqual(["client open", `client ${how}`]);
    expect(stepsOf(outcome).at(-1)).toMatchObject({ step: "tcp", label: "cut", detail: { do: how } });
  });

  test("tcp pause and resume", async () => {
    const steps = [
      { session: "a" },
      { tcp: { on: "a", do: "pause" } },
      { rpc: { on: "a", label: "one", await: "none" } },
      { await: { on: "a", reply: "one", optional: true, within: 30 } },
      { tcp: { on: "a", do: "resume" } },
      { await: { on: "a", reply: "one" } },
    ];
    const outcome = await driven({ steps, script: serving() });
    expect(outcome.stopped).toBeUndefined();
    expect(stepsOf(outcome).map(({ step }) => step)).toContain("gave-up");
  });

  test("auto: pings and closes are left unanswered", async () => {
    const script: Script = async (side) => {
      await greet(side);
      await side.message();
      side.frame({ kind: "ping" }, { kind: "close" });
      side.socket.end();
    };
    const steps = [
      { session: "a" },
      { auto: { on: "a", pong: false, close: false } },
      { rpc: { on: "a", await: "none" } },
      { await: { on: "a", end: true } },
    ];
    const outcome = await driven({ steps, script });
    expect(sent(outcome).map((frame) => frame.split(" ")[0])).toEqual(["text", "text"]);
  });
});

describe("a drive", () => {
  test("hangs up every connection at its end", async () => {
    let closed = 0;
    const script: Script = async (side) => {
      side.socket.on("close", () => (closed += 1));
      await side.accept();
      side.socket.resume();
      side.socket.on("end", () => side.socket.end());
    };
    await driven({ steps: [{ open: "a" }, { open: "b" }], script });
    await expect.poll(() => closed).toBe(2);
  });

  test("hangs up and throws when a step is the fixture's fault", async () => {
    const faulty = [{ open: "a" }, { send: { on: "a", frames: [{ kind: "nonsense" }] } }];
    await expect(driven({ steps: faulty, script: (side) => void side.accept() })).rejects.toThrow("no opcode");
    for (const name of ["nonsense", "toString"])
      await expect(driven({ steps: [{ [name]: {} }] })).rejects.toThrow(`unknown drive step "${name}" in test.yaml`);
  });

  test("stops when more comes in than may", async () => {
    const script: Script = async (side) => {
      await greet(side);
      await side.message();
      for (let index = 0; index < 100; index += 1) side.text("x".repeat(1000));
    };
    const claims = { limits: { message: 5000, sessions: 8 } };
    const steps = [{ session: "a" }, { rpc: { on: "a", await: "outcome" } }, { probe: { on: "a", label: "never" } }];
    const outcome = await driven({ steps, script, claims });
    expect(outcome.stopped).toBe("step 2 (rpc): more than 40000 bytes came in");
    expect(tcpOf(outcome)).toEqual(["client open", "client reset"]);
  });

  test.each(["rpc", "await", "trigger"])("is interrupted at once in the middle of a step: %s", async (name) => {
    const abort = new AbortController();
    const script: Script = async (side, index) => {
      if (name === "trigger" && index === 1) return abort.abort();
      await greet(side);
      if (name === "await") abort.abort();
      await side.message();
      abort.abort();
    };
    const middle = { rpc: { rpc: { on: "a" } }, await: { await: { on: "a", end: true } }, trigger: { trigger: "m" } }[
      name
    ];
    const outcome = await driven({
      steps: [{ session: "a" }, middle as never, { ping: { on: "a", label: "never" } }],
      script,
      signal: abort.signal,
    });
    expect(outcome.stopped).toBe(interrupted);
    expect(outcome.durationMs).toBeLessThan(1500);
  });

  test("does not begin once it is interrupted", async () => {
    const outcome = await driven({ steps: [{ connect: "a" }], signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ stopped: interrupted, transcript: { entries: [] } });
  });
});

test("every step of the vocabulary is driven here, or in a file of its own", () => {
  const elsewhere = ["subscribe-each", "control", "certificate"];
  const ofServers = ["task", "accept", "respond", "serve", "hello", "answer", "notify"];
  const here = ["connect", "request", "release", "open", "session", "send", "ping", "probe", "rpc", "subscribe"];
  const too = ["trigger", "session-mark", "await", "close", "tcp", "auto"];
  expect(Object.keys(steps).sort()).toEqual([...here, ...too, ...elsewhere, ...ofServers].sort());
  expect(idOf('<rpc message-id="1"/>')).toBe("1");
});
