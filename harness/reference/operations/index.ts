import { EVENT, type Feature, NC, NOTIFICATION } from "../names.ts";
import type { Element } from "../xml-tree.ts";
import { cancelCommit, commit, discardChanges } from "./commit.ts";
import { createSubscription } from "./create-subscription.ts";
import { editConfig } from "./edit-config.ts";
import { emit } from "./emit.ts";
import { closeSession, killSession } from "./end-session.ts";
import { get, getConfig } from "./get.ts";
import { lock, unlock } from "./lock.ts";
import type { Operation } from "./types.ts";

const OPERATIONS: Readonly<Record<string, Operation>> = {
  [`${NC} get`]: get,
  [`${NC} get-config`]: getConfig,
  [`${NC} edit-config`]: editConfig,
  [`${NC} lock`]: lock,
  [`${NC} unlock`]: unlock,
  [`${NC} commit`]: commit,
  [`${NC} discard-changes`]: discardChanges,
  [`${NC} cancel-commit`]: cancelCommit,
  [`${NC} close-session`]: closeSession,
  [`${NC} kill-session`]: killSession,
  [`${NOTIFICATION} create-subscription`]: createSubscription,
  [`${EVENT} emit`]: emit,
};

/** Operations that :candidate and :confirmed-commit bring. */
const ofCandidate: ReadonlySet<string> = new Set(["commit", "discard-changes", "cancel-commit"]);

/** The operation an element asks for, by its expanded name. */
export function findOperation({ ns, local }: Element, lacking: ReadonlySet<Feature>): Operation | undefined {
  if (ns === NOTIFICATION && lacking.has("notification")) return undefined;
  if (lacking.has("candidate") && ofCandidate.has(local)) return undefined;
  return OPERATIONS[`${ns} ${local}`];
}
