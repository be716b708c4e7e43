/** How fast things run, on a machine that does others too. */

export interface Subject {
  readonly name: string;
  /** Units that one round does. */
  readonly units: number;
  /** Makes ready what a round uses up, which does not count, and gives the round. */
  prepare(): () => void;
}

/**
 * Units a second of each subject, in its best round: what disturbs a round only makes it slower. The subjects take
 * turns, so that a disturbance meets them all.
 */
export function rates(subjects: readonly Subject[], rounds: number): ReadonlyMap<string, number> {
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, units, prepare } of subjects) {
      const run = prepare();
      const started = performance.now();
      run();
      const rate = (units * 1000) / (performance.now() - started);
      best.set(name, Math.max(rate, best.get(name) ?? 0));
    }
  }
  return best;
}
