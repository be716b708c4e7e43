/** The vocabulary of checks: what a scenario's `judge` list may say. */
import type { DialectName } from "../wire/types.ts";
import type { Conversation } from "./conversation.ts";

/** A requirement id, or one for each dialect the scenario runs under. */
export type RequirementRef = string | Readonly<Partial<Record<DialectName, string>>>;

/** `{ name: { requirement: ..., ... } }`: one named check and its arguments. */
export type CheckSpec = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * What a check has to say of one requirement. `held`: seen and right. `broken`: a finding. `unseen`: what
 * had to be judged did not come about, so nothing can be said (the case is then `inconc`, never green).
 */
export interface Report {
  readonly requirement: string;
  readonly outcome: "held" | "broken" | "unseen";
  readonly message: string;
  /** Index of the transcript entry it rests on. */
  readonly at: number;
  readonly expected?: string;
  readonly got?: string;
}

export interface CheckContext {
  readonly conversation: Conversation;
  readonly requirement: string;
}

/** A pure function from a transcript's conversation to reports. */
export type Check = (args: Readonly<Record<string, unknown>>, context: CheckContext) => Report | readonly Report[];
