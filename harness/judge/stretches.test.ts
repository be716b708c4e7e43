/** Conversations of which bytes are missing: what is left is judged, and nobody is accused of what was not seen. */
import { expect, test } from "vitest";
import { NS } from "../netconf/index.ts";
import { dialectNames, dialects } from "../wire/index.ts";
import type { DialectName, End } from "../wire/types.ts";
import { readConversation } from "./conversation.ts";
import { passiveReports } from "./judge.ts";
import {
  close,
  control,
  event,
  frame,
  type Line,
  message,
  notification,
  reply,
  replyText,
  rpc,
  session,
  subscribed,
  tcp,
  watched,
} from "./testing/script.ts";
import type { Entry } from "./types.ts";

const ends = ["client", "server"] as const;

/** The last entries of a conversation, as one finds them who comes late to it. */
function late(role: End, dialect: DialectName, count: number, lines: Line): string[] {
  const whole = watched(role, dialect, lines);
  const lost = ends.map((from): Entry => ({ type: "tcp", t: 0, conn: "a", from, event: "lost" }));
  return charged({ ...whole, entries: [...lost, ...whole.entries.slice(-count)] });
}
function charged(transcript: Parameters<typeof readConversation>[0]): string[] {
  const reports = passiveReports(readConversation(transcript)).filter(({ outcome }) => outcome === "broken");
  return [...new Set(reports.map(({ requirement }) => requirement))];
}

const peaceful: Line = [
  subscribed("a", { startTime: "2026-01-01T00:00:00Z" }),
  notification("a", event("t.")),
  control("a", "replayComplete"),
  rpc("a", "one"),
  rpc("a", "two"),
  reply("a", "one"),
  notification("a", event("u.")),
  reply("a", "two"),
  rpc("a", "end", { op: "<close-session/>" }),
  reply("a", "end"),
  close("a", "server", 1000),
  close("a", "client", 1000),
  tcp("a", "server", "fin"),
  tcp("a", "client", "fin"),
];

const length = watched("server", "rfc6455", peaceful).entries.length;
const cuts = dialectNames.flatMap((dialect) =>
  ends.flatMap((role) => Array.from({ length }, (_, count) => ({ dialect, role, count }))),
);
test.each(cuts)("$dialect: $count entries from the end of a session accuse no $role", ({ dialect, role, count }) =>
  expect(late(role, dialect, count, peaceful)).toEqual([]),
);

const losses = dialectNames.flatMap((dialect) =>
  ends.flatMap((role) => Array.from({ length: length - 3 }, (_, index) => ({ dialect, role, place: index + 3 }))),
);
test.each(losses)("$dialect: without entry $place a session accuses no $role", ({ dialect, role, place }) => {
  const { entries, ...transcript } = watched(role, dialect, peaceful);
  const gone = entries[place];
  if (gone?.type !== "bytes") return;
  const lost: Entry = { type: "tcp", t: gone.t, conn: "a", from: gone.from, event: "lost" };
  expect(charged({ ...transcript, entries: entries.with(place, lost) })).toEqual([]);
});

test("what stands by itself, and what is seen in order, is judged behind a loss too", () => {
  const wrong: Line = [
    session("a"),
    notification("a", `<netconf-session-start xmlns="${NS.base6470}"/>`),
    rpc("a", "one", { id: "1" }),
    reply("a", "one"),
    reply("a", "one"),
    frame("a", "server", { kind: "text", rsv: 4, payload: Buffer.from(replyText("1", "")) }),
  ];
  expect(late("server", "rfc6455", 5, wrong)).toEqual(["WS-FRM-001", "NC-RPC-001", "NC-RPC-009", "NTF-BASE-001"]);
});

test.each(["rfc6455", "hybi-06"] as const)(
  "%s: fragments of a message that began before are passed over",
  (dialect) => {
    const lines: Line = [
      session("a"),
      frame("a", "server", { kind: "ping" }),
      frame("a", "server", { kind: "continuation", payload: Buffer.from("ok/></rpc-reply>") }),
      message("a", "server", replyText("1", "<ok/>")),
      frame("a", "server", { kind: "continuation" }),
    ];
    expect(late("server", dialect, 4, lines)).toEqual([
      dialects[dialect].requirementFor("continuation-without-start", "server"),
    ]);
  },
);
