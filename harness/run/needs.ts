/** Whether a target meets the preconditions of a scenario: its claims, its hello, and what the controls found. */
import { capabilityTokens } from "../netconf/index.ts";
import type { Facts } from "../scenario/context.ts";
import { isProfile, settingOf } from "../target/settings.ts";
import type { RunningTarget, TargetFile } from "../target/types.ts";
import type { Dialect } from "../wire/types.ts";

export interface NeedsContext {
  readonly file: TargetFile;
  readonly target: Pick<RunningTarget, "control" | "secure" | "tls" | "client">;
  readonly dialect: Dialect;
  readonly facts: Facts;
}

type Rule = (token: string, context: NeedsContext) => boolean | undefined;

const rules: readonly Rule[] = [
  (token, { facts }) => (token.startsWith(":") ? capabilityTokens(facts.capabilities).has(token) : undefined),
  (token, { facts }) =>
    token.startsWith("no-:") ? !capabilityTokens(facts.capabilities).has(token.slice("no-".length)) : undefined,
  (token, { facts }) =>
    token.startsWith("mod:")
      ? capabilityTokens(facts.capabilities).has(token) ||
        (token === "mod:ietf-netconf-notifications" && facts.sessionEvents.includes("netconf-session-start"))
      : undefined,
  (token, { facts }) =>
    token === "replay" ? facts.streams.some((stream) => stream.name === "NETCONF" && stream.replay) : undefined,
  (token, { facts }) => (token === "stream-list" ? facts.streams.some(({ name }) => name === "NETCONF") : undefined),
  (token, { facts }) => (token === "no-replay" ? facts.streams.some((stream) => !stream.replay) : undefined),
  (token, { facts }) =>
    token === "two-streams" ? facts.streams.filter((stream) => stream.replay).length > 1 : undefined,
  (token, { dialect }) =>
    token.startsWith("kind:") ? [...dialect.kinds].some((kind) => `kind:${kind}` === token) : undefined,
  (token, { file, target }) =>
    token === "trigger.emit"
      ? file.access.triggers.event !== undefined && "emit" in file.access.triggers.event && target.control !== undefined
      : undefined,
  (token, { facts }) => (token === "trigger.session" ? facts.sessionEvents.length > 0 : undefined),
  (token, { file }) => (token === "edit" ? file.claims.settings["edit"] !== undefined : undefined),
  (token, { file }) =>
    token === "edit-value" || token === "edit-values"
      ? hasMember(file.claims.settings["edit"], token.slice("edit-".length))
      : undefined,
  (token, { file, target }) =>
    token.startsWith("hook:")
      ? target.control !== undefined && hasMember(file.claims.settings["hooks"], token.slice("hook:".length))
      : undefined,
  (token, { file }) => (token === "subprotocol" ? file.claims.subprotocol !== null : undefined),
  (token, { file }) =>
    token.startsWith("message:") ? file.claims.limits.message >= Number(token.slice("message:".length)) : undefined,
  (token, { file }) =>
    token.startsWith("sessions:") ? file.claims.limits.sessions >= Number(token.slice("sessions:".length)) : undefined,
  (token, { file }) => (token.startsWith("setting:") ? hasSetting(file, token.slice("setting:".length)) : undefined),
  (token, { file }) =>
    token.startsWith("profile:") ? isProfile(file.claims, token.slice("profile:".length)) : undefined,
  (token, { target }) =>
    token.startsWith("control:")
      ? target.client?.offers.control.includes(token.slice("control:".length)) === true
      : undefined,
  (token, { target }) =>
    token.startsWith("report:")
      ? target.client?.offers.reports.includes(token.slice("report:".length)) === true
      : undefined,
  (token, { target }) => (token === "control" ? target.control !== undefined : undefined),
  (token, { target }) => (token === "tls" ? target.secure || target.tls !== undefined : undefined),
  (token, { file }) =>
    token.startsWith("user:") ? hasMember(file.access.users, token.slice("user:".length)) : undefined,
  (token, { file }) =>
    token.startsWith("hidden:") ? hasMember(file.access.hidden, token.slice("hidden:".length)) : undefined,
  (token, { file }) => (token === "acm" ? Object.keys(file.access.users).length > 0 : undefined),
  (token, { file, facts }) => (token === "acm:nacm" ? usesNacm(file, facts) : undefined),
  (token, { file }) => (token === "acm:kill-session" ? file.claims.settings["no-kill-session"] !== true : undefined),
  (token, { file }) => (token === "trigger.guarded" ? file.access.triggers.guarded !== undefined : undefined),
  // Configured by a control line, and seen in the event that says whose session began.
  (token, { file, target }) =>
    token === "cert-to-name"
      ? target.control !== undefined && hasMember(file.claims.settings["hooks"], "cert-to-name")
      : undefined,
  (token, { facts }) =>
    token === "hook:whoami" ? facts.sessionEvents.includes("netconf-session-start") || undefined : undefined,
];

/** `name`: the target file says something; `name=value`: it says that, or says nothing and that is the default. */
function hasSetting({ claims }: TargetFile, test: string): boolean {
  const [name = "", value] = test.split("=");
  return value === undefined ? claims.settings[name] !== undefined : String(settingOf(claims, name)) === value;
}

/** The target file says so, or says nothing and the hello lists the module. */
function usesNacm({ access, claims }: TargetFile, { capabilities }: Facts): boolean {
  const said = claims.settings["access-control"];
  const listed = capabilityTokens(capabilities).has("mod:ietf-netconf-acm");
  return Object.keys(access.users).length > 0 && (said === undefined ? listed : said === "nacm");
}

/** A list holds that entry, or an object that member. */
function hasMember(setting: unknown, name: string): boolean {
  if (Array.isArray(setting)) return setting.includes(name);
  return typeof setting === "object" && setting !== null && name in setting;
}

/** Every token this module can decide begins like one of these; a fixture that needs another is refused on loading. */
export function isKnownNeed(token: string): boolean {
  return /^((no-)?:|mod:|kind:|message:|sessions:|hook:|setting:|control:|report:|user:|hidden:|profile:((any|0[0-4](\.\.0[0-4])?)$)|(replay|no-replay|stream-list|two-streams|trigger\.emit|trigger\.session|trigger\.guarded|edit|edit-values?|subprotocol|control|tls|acm|acm:nacm|acm:kill-session|cert-to-name)$)/.test(
    token,
  );
}

/** The first need that the target does not meet; undefined when it meets all. */
export function unmetNeed(needs: readonly string[], context: NeedsContext): string | undefined {
  return needs.find((token) => !rules.some((rule) => rule(token, context) === true));
}
