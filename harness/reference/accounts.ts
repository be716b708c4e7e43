/** The users that the reference knows, and what each may not; the target file of the reference says the same. */
import type { Rule } from "./access-control.ts";
import { BASE_EVENTS, CONFIG, NC, NETMOD } from "./names.ts";

/** Whoever came in without saying a name, where that is allowed. */
export const ANONYMOUS = "anonymous";

const everything: readonly Rule[] = [
  { action: "permit", operation: "*" },
  { action: "permit", notification: "*" },
  { action: "permit", data: [] },
];

export const RULES: ReadonlyMap<string, readonly Rule[]> = new Map<string, readonly Rule[]>([
  [ANONYMOUS, everything],
  ["admin", everything],
  [
    "reader",
    [
      { action: "deny", notification: `${BASE_EVENTS} netconf-session-start` },
      // An event that nobody ever sends: its name begins with that of one that is.
      { action: "deny", notification: `${BASE_EVENTS} netconf-session-end-summary` },
      { action: "deny", operation: `${NC} get-config` },
      {
        action: "deny",
        data: [
          { name: `${NETMOD} netconf` },
          { name: `${NETMOD} streams` },
          { name: `${NETMOD} stream`, key: "ncwspec" },
        ],
      },
      { action: "deny", data: [{ name: `${CONFIG} reference` }, { name: `${CONFIG} settings` }] },
    ],
  ],
  ["deaf", [{ action: "deny", notification: "*" }]],
  [
    "nobody",
    [
      { action: "deny", operation: "*" },
      { action: "deny", notification: "*" },
      { action: "deny", data: [] },
    ],
  ],
]);

/** Users that have an account. */
export const USERS: readonly string[] = [...RULES.keys()].filter((name) => name !== ANONYMOUS);
