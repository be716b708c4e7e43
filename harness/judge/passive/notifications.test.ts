/** The passive checks on notifications: each rule kept and broken; and nobody accused of what is allowed. */
import { expect, test } from "vitest";
import { NS } from "../../netconf/types.ts";
import { dialectNames } from "../../wire/index.ts";
import type { DialectName } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import { readConversation } from "../conversation.ts";
import {
  close,
  connect,
  control,
  errorBody,
  event,
  frame,
  joined,
  type Line,
  message,
  notification,
  notificationText,
  reply,
  rpc,
  session,
  subscribe,
  subscribed,
  tcp,
  transcriptOf,
} from "../testing/script.ts";
import { notificationReports } from "./notifications.ts";

const time = "2026-01-01T00:00:00Z";
const said = (inside: string, attributes = ""): Line => [
  subscribed("a"),
  message("a", "server", `<notification xmlns="${NS.notification}"${attributes}>${inside}</notification>`),
];
const timed = (text: string): Line => said(`<eventTime>${text}</eventTime>${event("t.")}`);
const came = (eventTime = time): Line => notification("a", event("t."), eventTime);
const replaying = (startTime = time, stopTime?: string): Line =>
  subscribed("a", { startTime, ...(stopTime === undefined ? {} : { stopTime }) });
const base = (name: string, inside: string): Line => [
  subscribed("a"),
  notification("a", `<${name} xmlns="${NS.base6470}">${inside}</${name}>`),
];
const user = "<username>u</username>";
const id = "<session-id>4</session-id>";
const byUser = `<changed-by>${user}${id}</changed-by>`;
const confirm = (text: string): string => `<confirm-event>${text}</confirm-event>`;
const reason = (text: string): string => `<termination-reason>${text}</termination-reason>`;

/** By requirement: conversations that break it and no other. */
const broken: Readonly<Record<string, Readonly<Record<string, Line>>>> = {
  "NTF-MSG-002": {
    "no eventTime": said(event("t.")),
    "eventTime behind the content": said(`${event("t.")}<eventTime>${time}</eventTime>`),
    "two of them": said(`<eventTime>${time}</eventTime><eventTime>${time}</eventTime>`),
    "in another namespace": said(`<eventTime xmlns="urn:x">${time}</eventTime>`),
  },
  "NTF-MSG-003": {
    "no zone": timed("2026-01-01T00:00:00"),
    "no time": timed("2026-01-01Z"),
    "a month too many": timed("2026-13-01T00:00:00Z"),
  },
  "NTF-MSG-012": { "nothing beside eventTime": said(`<eventTime>${time}</eventTime>`) },
  "NTF-MSG-005": {
    "two contents": said(`<eventTime>${time}</eventTime>${event("t.")}${event("u.")}`),
    "in no namespace": said(`<eventTime>${time}</eventTime><event xmlns=""/>`),
    "in the namespace of notifications": said(`<eventTime>${time}</eventTime><event/>`),
  },
  "NTF-MSG-006": { "a message-id": said(`<eventTime>${time}</eventTime>${event("t.")}`, ' message-id="1"') },
  "NTF-SUB-016": {
    "no subscription": [session("a"), came()],
    "a subscription that was refused": [session("a"), subscribe("a", "s"), reply("a", "s", errorBody()), came()],
    "the subscription of another session": [subscribed("b"), session("a"), came()],
  },
  "NTF-SUB-002": {
    "before the reply": [session("a"), subscribe("a", "s"), came(), reply("a", "s")],
    "before the reply, in one segment": [session("a"), subscribe("a", "s"), joined(came(), reply("a", "s"))],
  },
  "NTF-STOP-003": {
    "an event after notificationComplete, in one segment": [
      replaying(time, "2026-02-01T00:00:00Z"),
      control("a", "replayComplete"),
      joined(control("a", "notificationComplete"), came()),
    ],
    "notificationComplete twice": [
      replaying(time, "2026-02-01T00:00:00Z"),
      control("a", "replayComplete"),
      control("a", "notificationComplete"),
      control("a", "notificationComplete"),
    ],
  },
  "NTF-STOP-001": {
    "notificationComplete before replayComplete": [
      replaying(time, "2026-02-01T00:00:00Z"),
      control("a", "notificationComplete"),
    ],
  },
  "NTF-STOP-006": { "notificationComplete without stopTime": [replaying(), control("a", "notificationComplete")] },
  "NTF-STOP-008": {
    "an event after stopTime": [replaying("2025-01-01T00:00:00Z", "2025-12-31T23:59:59Z"), came()],
    "in another zone": [replaying("2025-01-01T00:00:00Z", "2026-01-01T00:59:59+01:00"), came()],
  },
  "NTF-RPL-001": {
    "an event before startTime": [replaying("2026-01-01T00:00:01Z"), came()],
    "a fraction before startTime": [replaying("2026-01-01T00:00:00.5Z"), came("2026-01-01T00:00:00.4Z")],
  },
  "NTF-RPL-004": {
    "replayComplete without startTime": [subscribed("a"), control("a", "replayComplete")],
    "replayComplete twice": [replaying(), control("a", "replayComplete"), control("a", "replayComplete")],
  },
  "NTF-RPL-009": { "back in time": [replaying(), came("2026-01-01T00:00:02Z"), came("2026-01-01T00:00:01Z")] },
  "NTF-BASE-001": {
    "no username": base("netconf-session-start", id),
    "no session-id": base("netconf-session-start", user),
    "a session-id that is no number": base("netconf-session-start", `${user}<session-id>x</session-id>`),
    "a session-id that is too large": base("netconf-session-start", `${user}<session-id>4294967296</session-id>`),
    "a source-host that is a name": base("netconf-session-start", `${user}${id}<source-host>here</source-host>`),
  },
  "NTF-BASE-002": {
    "no reason": base("netconf-session-end", user + id),
    "an undefined reason": base("netconf-session-end", user + id + reason("bored")),
    "no session-id": base("netconf-session-end", user + reason("closed")),
  },
  "NTF-BASE-003": {
    "closed by somebody": base("netconf-session-end", `${user}${id}<killed-by>1</killed-by>${reason("closed")}`),
  },
  "NTF-BASE-005": {
    "changed by nobody": base("netconf-config-change", ""),
    "changed by server and user": base("netconf-config-change", `<changed-by>${user}${id}<server/></changed-by>`),
    "changed by half a user": base("netconf-config-change", `<changed-by>${user}</changed-by>`),
    "an undefined datastore": base("netconf-config-change", `${byUser}<datastore>candidate</datastore>`),
  },
  "NTF-BASE-008": {
    "no confirm-event": base("netconf-confirmed-commit", user + id),
    "a timeout that somebody did": base("netconf-confirmed-commit", `${user}${id}${confirm("timeout")}`),
    "a start that nobody did": base("netconf-confirmed-commit", `${confirm("start")}<timeout>5</timeout>`),
    "completed with a timeout": base(
      "netconf-confirmed-commit",
      `${user}${id}${confirm("complete")}<timeout>5</timeout>`,
    ),
  },
  "NTF-BASE-006": {
    "no operation": base("netconf-config-change", `${byUser}<edit><target>/x</target></edit>`),
    "an undefined operation": base("netconf-config-change", `${byUser}<edit><operation>add</operation></edit>`),
    "a target with an undeclared prefix": base(
      "netconf-config-change",
      `${byUser}<edit><target>/x:y</target><operation>merge</operation></edit>`,
    ),
    "a relative target": base(
      "netconf-config-change",
      `${byUser}<edit><target>x</target><operation>merge</operation></edit>`,
    ),
  },
};

function reportsOn(dialect: DialectName, ...lines: readonly Line[]): Report[] {
  return notificationReports(readConversation(transcriptOf(dialect, lines)));
}
const charged = (reports: readonly Report[]): string[] => [
  ...new Set(reports.filter(({ outcome }) => outcome === "broken").map(({ requirement }) => requirement)),
];

test.each(
  Object.entries(broken).flatMap(([requirement, kinds]) =>
    Object.entries(kinds).map(([what, lines]) => ({ requirement, what, lines })),
  ),
)("$requirement broken: $what", ({ requirement, lines }) => {
  expect(charged(reportsOn("rfc6455", lines))).toEqual([requirement]);
});

/** Conversations in which together all of them are kept and seen kept. */
const clean: Line = [
  subscribed("a", { startTime: "2025-01-01T00:00:00Z", stopTime: "2026-02-01T00:00:00Z" }),
  came("2026-01-01T00:00:00Z"),
  came("2026-01-01T00:00:00Z"),
  control("a", "replayComplete"),
  notification("a", `<netconf-session-start xmlns="${NS.base6470}">${user}${id}</netconf-session-start>`),
  notification(
    "a",
    `<netconf-session-end xmlns="${NS.base6470}">${user}${id}<source-host>fe80::1%eth0</source-host>${reason("closed")}</netconf-session-end>`,
  ),
  notification(
    "a",
    `<netconf-config-change xmlns="${NS.base6470}"><changed-by><server/></changed-by><datastore>running</datastore><edit><target>/x</target><operation>merge</operation></edit></netconf-config-change>`,
  ),
  notification(
    "a",
    `<netconf-confirmed-commit xmlns="${NS.base6470}">${confirm("timeout")}</netconf-confirmed-commit>`,
  ),
  control("a", "notificationComplete", "2026-02-01T00:00:00Z"),
];

test.each(dialectNames)("%s: clean conversations keep them all", (dialect) => {
  const reports = reportsOn(dialect, clean);
  expect(charged(reports)).toEqual([]);
  const held = new Set(reports.map(({ requirement }) => requirement));
  // That nothing comes after notificationComplete is shown by the scenario that goes on after it.
  expect(Object.keys(broken).filter((requirement) => !held.has(requirement))).toEqual(["NTF-STOP-003"]);
});

const innocent: Readonly<Record<string, Line>> = {
  "a session that is not NETCONF's": base("netconf-session-start", `${user}<session-id>0</session-id>`),
  "a session killed from the console": base("netconf-session-end", user + id + reason("killed")),
  "nothing at all": [],
  "no connection": [tcp("a", "client", "refused"), connect("b")],
  "notifications between replies": [
    subscribed("a"),
    rpc("a", "one"),
    joined(came(), reply("a", "one"), came()),
    close("a", "client"),
  ],
  "a second subscription after notificationComplete": [
    clean,
    subscribe("a", "again"),
    reply("a", "again"),
    came("2024-01-01T00:00:00Z"),
  ],
  "a refused second subscription between events": [
    subscribed("a"),
    subscribe("a", "again", { startTime: "2027-01-01T00:00:00Z" }),
    joined(came(), reply("a", "again", errorBody()), came()),
  ],
  "a subscription whose reply lost its message-id": [
    session("a"),
    subscribe("a", "s"),
    reply("a", "s", "<ok/>", { id: null }),
    came(),
  ],
  "whole seconds where startTime has a fraction": [replaying("2026-01-01T00:00:00.900Z"), came(time)],
  "milliseconds where startTime has microseconds": [
    replaying("2026-01-01T00:00:00.000900Z"),
    came("2026-01-01T00:00:00.000Z"),
  ],
  "startTime before 1970": [replaying("1969-12-31T23:59:59.5Z"), came("1969-12-31T23:59:59Z")],
  "a live event that was generated before the last replayed one": [
    replaying("2025-01-01T00:00:00Z"),
    came("2026-01-01T00:00:02Z"),
    control("a", "replayComplete"),
    came("2026-01-01T00:00:01Z"),
  ],
  "stopTime in a replay that ends at it": [
    replaying("2025-01-01T00:00:00Z", time),
    came(time),
    control("a", "replayComplete", "2027-01-01T00:00:00Z"),
    control("a", "notificationComplete", "2027-01-01T00:00:00Z"),
  ],
  "a notification of ours": [
    session("a"),
    frame("a", "client", { kind: "text", payload: Buffer.from(notificationText("<x/>")) }),
  ],
  "an event of another model with the names of RFC 6470": [
    subscribed("a"),
    notification("a", '<netconf-session-start xmlns="urn:x"/>'),
  ],
};

test.each(Object.entries(innocent))("%s accuses nobody", (_what, lines) => {
  expect(charged(reportsOn("rfc6455", lines))).toEqual([]);
});
