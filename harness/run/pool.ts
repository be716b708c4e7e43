/** The schedule: a bounded pool, and exclusive work alone after it. */

/** Hands out places in the lists of a pool, each once, from 0 up: to the lanes of one thread, or of several. */
export interface Turns {
  shared(): number;
  exclusive(): number;
}

/** Turns for the threads that hold the same memory: of {@link sizeOfTurns} bytes, zeroed. */
export function turnsIn(memory: SharedArrayBuffer): Turns {
  const counters = new Int32Array(memory);
  return { shared: () => Atomics.add(counters, 0, 1), exclusive: () => Atomics.add(counters, 1, 1) };
}

export const sizeOfTurns = 2 * Int32Array.BYTES_PER_ELEMENT;

/**
 * Runs `work` over the items, at most `jobs` at a time, in their order; stops taking new ones once
 * `stopped` says so. Items that are exclusive run one by one when nothing else does.
 * @param turns where other pools work on the same items: what they have taken is left to them
 */
export async function runPool<T>(
  items: readonly T[],
  jobs: number,
  isExclusive: (item: T) => boolean,
  work: (item: T) => Promise<void>,
  stopped: () => boolean,
  turns: Turns = turnsIn(new SharedArrayBuffer(sizeOfTurns)),
): Promise<void> {
  const lane = async (own: readonly T[], turn: () => number): Promise<void> => {
    for (let item = own[turn()]; item !== undefined && !stopped(); item = own[turn()]) await work(item);
  };
  const shared = items.filter((item) => !isExclusive(item));
  const lanes = Math.max(1, Math.min(Math.floor(jobs) || 1, shared.length));
  await Promise.all(Array.from({ length: lanes }, () => lane(shared, turns.shared)));
  await lane(items.filter(isExclusive), turns.exclusive);
}
