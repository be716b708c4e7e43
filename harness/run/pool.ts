/** The schedule: a bounded pool, and exclusive work alone after it. */

/** Gives the next item, once it is known; nothing when there is no more. */
export type Source<T> = () => T | undefined | Promise<T | undefined>;

/** The items in their order. */
export function sourceOf<T>(items: readonly T[]): () => T | undefined {
  let next = 0;
  return () => items[next++];
}

/** The items that the numbers name. */
export function numbered<T>(items: readonly T[], numbers: Source<number>): Source<T> {
  return async () => {
    const number = await numbers();
    return number === undefined ? undefined : items[number];
  };
}

/** Runs `work` over what the source gives, at most `jobs` at a time; takes no new ones once `stopped` says so. */
export async function runLanes<T>(
  source: Source<T>,
  jobs: number,
  work: (item: T) => Promise<void>,
  stopped: () => boolean,
): Promise<void> {
  const lane = async (): Promise<void> => {
    while (!stopped()) {
      const given = source();
      const item = given instanceof Promise ? await given : given;
      if (item === undefined || stopped()) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.floor(jobs) || 1) }, lane));
}

/**
 * Runs `work` over the items, at most `jobs` at a time, in their order; stops taking new ones once
 * `stopped` says so. Items that are exclusive run one by one when nothing else does.
 */
export async function runPool<T>(
  items: readonly T[],
  jobs: number,
  isExclusive: (item: T) => boolean,
  work: (item: T) => Promise<void>,
  stopped: () => boolean,
): Promise<void> {
  await runLanes(sourceOf(items.filter((item) => !isExclusive(item))), jobs, work, stopped);
  await runLanes(sourceOf(items.filter(isExclusive)), 1, work, stopped);
}
