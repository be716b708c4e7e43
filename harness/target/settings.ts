/**
 * Settings of a target (PIXIT): what the documents leave open, with what holds where its file says nothing. The JSON
 * Schema of target files describes each; scenarios ask for them by `setting:name`, `setting:name=value` and
 * `${setting:name}`.
 */
import type { Claims, Profile } from "./types.ts";

/** The revision of draft-iijima-netconf-websocket-ps that a target follows when it names none: the last. */
export const defaultProfile: Profile = "04";

export const profiles: readonly Profile[] = ["00", "01", "02", "03", "04"];

export type SettingName =
  | "missing-subprotocol"
  | "any-resource"
  | "username"
  | "unknown-stream-tags"
  | "bad-filter-tags"
  | "close-codes"
  | "no-kill-session";

/** RFC 5277 names no error-tag for either; a tag beside these is reported and fails nobody. */
const unknownStream = ["invalid-value", "bad-element", "data-missing", "operation-failed"];
const badFilter = [
  "bad-attribute",
  "bad-element",
  "invalid-value",
  "malformed-message",
  "operation-failed",
  "unknown-element",
  "unknown-namespace",
  "missing-attribute",
  "operation-not-supported",
];

const defaults: Readonly<Record<Exclude<SettingName, "username">, unknown>> = {
  "missing-subprotocol": "refuse",
  "any-resource": false,
  "unknown-stream-tags": unknownStream,
  "bad-filter-tags": badFilter,
  "close-codes": [1000, "none"],
  "no-kill-session": false,
};

/** Where the user of a session is taken from, by revision of the draft. */
const usernames: Readonly<Record<Profile, string>> = {
  "00": "none",
  "01": "none",
  "02": "cookie",
  "03": "certificate",
  "04": "certificate",
};

export function profileOf(claims: Pick<Claims, "profile">): Profile {
  return claims.profile ?? defaultProfile;
}

/** What the target file says, else the default, which for some settings the profile decides; undefined: there is none. */
export function settingOf(claims: Pick<Claims, "profile" | "settings">, name: string): unknown {
  const own = claims.settings[name];
  if (own !== undefined) return own;
  return name === "username" ? usernames[profileOf(claims)] : (defaults as Readonly<Record<string, unknown>>)[name];
}

/** Whether the profile is in `any`, `02` or `01..04`. */
export function isProfile(claims: Pick<Claims, "profile">, range: string): boolean {
  if (range === "any") return true;
  const [first = "", last = first] = range.split("..");
  const profile = profileOf(claims);
  return first <= profile && profile <= last;
}

const reference = /^\$\{setting:([\w-]+)\}$/;

/** The same structure with each text `${setting:name}` replaced by that setting, whatever its type. */
export function withSettings<T>(value: T, claims: Pick<Claims, "profile" | "settings">): T {
  if (typeof value === "string") {
    const [, name] = reference.exec(value) ?? [];
    return name === undefined ? value : (settingOf(claims, name) as T);
  }
  if (Array.isArray(value)) return value.map((one) => withSettings(one, claims)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withSettings(one, claims)])) as T;
}
