import { expect, test } from "vitest";
import { runPool } from "./pool.ts";

/** Work that ends when told; `log` shows what began, `running` how many run. */
function controlled() {
  const log: number[] = [];
  const gates = new Map<number, () => void>();
  let running = 0;
  let most = 0;
  return {
    log,
    most: () => most,
    work: async (item: number) => {
      log.push(item);
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => gates.set(item, resolve));
      running -= 1;
    },
    async finish(item: number) {
      await expect.poll(() => gates.has(item)).toBe(true);
      gates.get(item)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
const none = () => false;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

test("at most so many at a time, in their order, and all of them", async () => {
  const { log, most, work, finish } = controlled();
  const done = runPool(numbers(6), 2, none, work, none);
  expect(log).toEqual([0, 1]);
  await finish(1);
  expect(log).toEqual([0, 1, 2]);
  for (const item of [0, 2, 3, 4, 5]) await finish(item);
  await done;
  expect(log).toEqual([0, 1, 2, 3, 4, 5]);
  expect(most()).toBe(2);
});

test("exclusive ones run alone, when nothing else does", async () => {
  const { log, work, finish } = controlled();
  const done = runPool(numbers(4), 8, (item) => item % 2 === 0, work, none);
  expect(log).toEqual([1, 3]);
  await finish(1);
  expect(log).toEqual([1, 3]);
  await finish(3);
  expect(log).toEqual([1, 3, 0]);
  await finish(0);
  expect(log).toEqual([1, 3, 0, 2]);
  await finish(2);
  await done;
});

test("takes no new ones once it is stopped, and waits for those that run", async () => {
  let isStopped = false;
  const { log, work, finish } = controlled();
  const done = runPool(
    numbers(6),
    2,
    (item) => item > 4,
    work,
    () => isStopped,
  );
  isStopped = true;
  await finish(0);
  await finish(1);
  await done;
  expect(log).toEqual([0, 1]);
});

test.each([0, 1, 100, Number.NaN, -3])("%d jobs still do all the work", async (jobs) => {
  const log: number[] = [];
  await runPool(
    numbers(5),
    jobs,
    (item) => item === 2,
    async (item) => void log.push(item),
    none,
  );
  expect(log.sort()).toEqual(numbers(5));
  await runPool([], jobs, none, async () => Promise.reject(new Error("nothing to do")), none);
});
