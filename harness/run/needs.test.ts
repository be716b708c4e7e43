import { describe, expect, test } from "vitest";
import { targetAt } from "../scenario/testing/driven.ts";
import type { Profile } from "../target/types.ts";
import { dialects } from "../wire/index.ts";
import { noFacts } from "./controls.ts";
import { isKnownNeed, type NeedsContext, unmetNeed } from "./needs.ts";

const standard = "urn:ietf:params:netconf:capability:";
const stream = (name: string, replay: boolean) => ({ name, replay });

interface Given {
  readonly facts?: Partial<NeedsContext["facts"]>;
  readonly settings?: Record<string, unknown>;
  readonly profile?: Profile;
  readonly limits?: { message: number; sessions: number };
  readonly dialect?: NeedsContext["dialect"];
  readonly access?: Partial<NeedsContext["file"]["access"]>;
  readonly trigger?: object;
  readonly subprotocol?: string | null;
  readonly target?: Partial<NeedsContext["target"]>;
}

function contextOf(given: Given): NeedsContext {
  const { file } = targetAt(1);
  return {
    file: {
      ...file,
      claims: {
        ...file.claims,
        ...(given.settings ? { settings: given.settings } : {}),
        ...(given.profile ? { profile: given.profile } : {}),
        ...(given.limits ? { limits: given.limits } : {}),
        ...(given.subprotocol === undefined ? {} : { subprotocol: given.subprotocol }),
      },
      access: { ...file.access, ...given.access, triggers: (given.trigger ?? {}) as never },
    },
    target: { secure: false, ...given.target },
    dialect: given.dialect ?? dialects.rfc6455,
    facts: { ...noFacts, ...given.facts },
  };
}
const control = async () => undefined;
const reader = { username: "reader", headers: {} };
const nacm = { "access-control": "nacm" };
const acmModule = { capabilities: ["urn:x?module=ietf-netconf-acm&revision=2018-02-14"] };

/** Token, what meets it, what does not. */
const table: readonly [string, Given, Given][] = [
  [":notification", { facts: { capabilities: [`${standard}notification:1.0`] } }, {}],
  [
    ":xpath:1.0",
    { facts: { capabilities: [`${standard}xpath:1.0`] } },
    { facts: { capabilities: [`${standard}xpath:2.0`] } },
  ],
  [
    ":base:1.1",
    { facts: { capabilities: ["urn:ietf:params:netconf:base:1.1"] } },
    { facts: { capabilities: ["urn:ietf:params:netconf:base:1.0"] } },
  ],
  ["no-:interleave", {}, { facts: { capabilities: [`${standard}interleave:1.0`] } }],
  ["mod:some", { facts: { capabilities: ["urn:x?module=some"] } }, {}],
  [
    "mod:ietf-netconf-notifications",
    { facts: { sessionEvents: ["netconf-session-start"] } },
    { facts: { sessionEvents: ["other"] } },
  ],
  [
    "replay",
    { facts: { streams: [stream("NETCONF", true)] } },
    { facts: { streams: [stream("NETCONF", false), stream("x", true)] } },
  ],
  ["stream-list", { facts: { streams: [stream("NETCONF", false)] } }, { facts: { streams: [stream("x", true)] } }],
  ["no-replay", { facts: { streams: [stream("x", false)] } }, { facts: { streams: [stream("x", true)] } }],
  [
    "two-streams",
    { facts: { streams: [stream("x", true), stream("y", true)] } },
    { facts: { streams: [stream("x", true), stream("y", false)] } },
  ],
  ["kind:ping", {}, { dialect: dialects["hybi-00"] }],
  ["trigger.emit", { trigger: { event: { emit: true } }, target: { control } }, { trigger: { event: { emit: true } } }],
  [
    "trigger.emit",
    { trigger: { event: { emit: true } }, target: { control } },
    { trigger: { event: { session: true } }, target: { control } },
  ],
  ["trigger.session", { facts: { sessionEvents: ["x"] } }, {}],
  ["edit", { settings: { edit: {} } }, {}],
  ["edit-value", { settings: { edit: { value: "x" } } }, { settings: { edit: {} } }],
  ["hook:restart", { settings: { hooks: ["restart"] }, target: { control } }, { settings: { hooks: ["restart"] } }],
  [
    "hook:restart",
    { settings: { hooks: { restart: "x" } }, target: { control } },
    { settings: { hooks: [] }, target: { control } },
  ],
  ["subprotocol", {}, { subprotocol: null }],
  ["message:1000", { limits: { message: 1000, sessions: 1 } }, { limits: { message: 999, sessions: 1 } }],
  ["sessions:4", { limits: { message: 1, sessions: 4 } }, { limits: { message: 1, sessions: 3 } }],
  ["setting:x", { settings: { x: false } }, {}],
  ["setting:x=1", { settings: { x: 1 } }, { settings: { x: 2 } }],
  ["setting:any-resource=false", {}, { settings: { "any-resource": true } }],
  ["setting:missing-subprotocol=refuse", {}, { settings: { "missing-subprotocol": "accept" } }],
  ["setting:username=certificate", {}, { profile: "02" }],
  ["setting:username=cookie", { profile: "02" }, { profile: "02", settings: { username: "http" } }],
  ["profile:02", { profile: "02" }, {}],
  ["profile:01..04", {}, { profile: "00" }],
  ["profile:03..04", { profile: "03" }, { profile: "02" }],
  ["control", { target: { control } }, {}],
  ["tls", { target: { secure: true } }, {}],
  ["tls", { target: { tls: { host: "h", port: 1 } } }, {}],
  ["acm", { access: { users: { reader } } }, {}],
  ["user:reader", { access: { users: { reader } } }, { access: { users: { deaf: reader } } }],
  ["hidden:stream", { access: { hidden: { stream: "x" } } }, { access: { hidden: {} } }],
  ["acm:nacm", { access: { users: { reader } }, settings: nacm }, { settings: nacm }],
  ["acm:nacm", { access: { users: { reader } }, facts: acmModule }, { access: { users: { reader } } }],
  [
    "acm:nacm",
    { access: { users: { reader } }, settings: nacm },
    { access: { users: { reader } }, settings: { "access-control": "other" }, facts: acmModule },
  ],
  ["acm:kill-session", {}, { settings: { "no-kill-session": true } }],
  ["cert-to-name", { settings: { hooks: ["cert-to-name"] }, target: { control } }, { target: { control } }],
  [
    "hook:whoami",
    { facts: { sessionEvents: ["netconf-session-start", "netconf-session-end"] } },
    { facts: { sessionEvents: ["other"] } },
  ],
  ["trigger.guarded", { trigger: { guarded: { rpc: "<x/>" } } }, { trigger: { event: { emit: true } } }],
];

describe.each(table)("%s", (token, met, unmet) => {
  test("is met", () => expect(unmetNeed([token], contextOf(met))).toBeUndefined());
  test("is not met", () => expect(unmetNeed([token], contextOf(unmet))).toBe(token));
  test("is known", () => expect(isKnownNeed(token)).toBe(true));
});

test("the first that is not met is told", () => {
  expect(unmetNeed([], contextOf({}))).toBeUndefined();
  expect(unmetNeed(["subprotocol", "tls", "control"], contextOf({}))).toBe("tls");
});

test("every profile is any", () => {
  expect(unmetNeed(["profile:any"], contextOf({}))).toBeUndefined();
  expect(isKnownNeed("profile:any")).toBe(true);
});

test.each(["", "profile:05", "profile:", "notification", "tls-1", "xreplay", "trigger.rpc", "toString"])(
  "%j is no need, and never met",
  (token) => {
    expect(isKnownNeed(token)).toBe(false);
    expect(unmetNeed([token], contextOf({}))).toBe(token);
  },
);
