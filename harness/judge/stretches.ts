/** A connection of which bytes were lost, in parts of which nothing is missing. */
import type { ConnectionView } from "./conversation.ts";

/**
 * The parts of a connection between its losses, each a view of its own; the connection itself where nothing was lost.
 * What a rule says of the order of messages can be judged within a part only, and of what was before by the first.
 */
export function stretchesOf(view: ConnectionView): readonly ConnectionView[] {
  if (view.losses.length === 0) return [view];
  const borders = [-1, ...view.losses.map(({ order }) => order), Number.POSITIVE_INFINITY];
  return borders.slice(1).map((end, index) => part(view, borders[index] ?? -1, end, index === 0));
}

function part(view: ConnectionView, begin: number, end: number, fromStart: boolean): ConnectionView {
  const within = <T extends { readonly order: number }>(list: readonly T[]): T[] =>
    list.filter(({ order }) => order > begin && order < end);
  const { response, ...rest } = view;
  const hasResponse = response && within([response]).length > 0;
  return {
    ...rest,
    ...(hasResponse ? { response } : {}),
    frames: within(view.frames),
    messages: within(view.messages),
    closes: within(view.closes),
    breaches: within(view.breaches),
    ends: within(view.ends),
    losses: [],
    fromStart,
  };
}
