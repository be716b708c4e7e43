/** The schedule: a bounded pool, and exclusive work alone after it. */

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
  const shared = items.filter((item) => !isExclusive(item));
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const item = shared[next];
      next += 1;
      if (item === undefined || stopped()) return;
      await work(item);
    }
  };
  const lanes = Math.max(1, Math.min(Math.floor(jobs) || 1, shared.length));
  await Promise.all(Array.from({ length: lanes }, lane));
  for (const item of items.filter(isExclusive)) {
    if (stopped()) return;
    await work(item);
  }
}
