/** The ways in which a target can be started, in the order of preference. */
export const ways = ["process", "container"] as const;

export type Way = (typeof ways)[number];
