/** What has come so far, in order, and waiting for more of it: always with a deadline, and no longer than more can come. */
import { startDeadline } from "./deadline.ts";

export interface Inbox<Item> {
  readonly items: readonly Item[];
  /** Nothing more comes: everybody who waits is told so. */
  readonly ended: boolean;
  post(item: Item): void;
  end(): void;
  /** The first item from `from` on that fits, once it is there; undefined after that many milliseconds or at the end. */
  next<T extends Item>(fits: (item: Item) => item is T, milliseconds: number, from?: number): Promise<T | undefined>;
  next(fits: (item: Item) => boolean, milliseconds: number, from?: number): Promise<Item | undefined>;
}

interface Waiter<Item> {
  readonly fits: (item: Item) => boolean;
  readonly settle: (item: Item | undefined) => void;
}

export function openInbox<Item>(): Inbox<Item> {
  const items: Item[] = [];
  const waiters = new Set<Waiter<Item>>();
  let ended = false;
  const next = (fits: (item: Item) => boolean, milliseconds: number, from = 0): Promise<Item | undefined> => {
    const there = items.find((item, index) => index >= from && fits(item));
    if (there || ended) return Promise.resolve(there);
    return new Promise<Item | undefined>((resolve) => {
      const cancel = startDeadline(milliseconds, () => waiter.settle(undefined));
      const waiter: Waiter<Item> = {
        fits,
        settle(item) {
          cancel();
          waiters.delete(waiter);
          resolve(item);
        },
      };
      waiters.add(waiter);
    });
  };
  return {
    items,
    get ended() {
      return ended;
    },
    post(item) {
      items.push(item);
      for (const waiter of [...waiters]) if (waiter.fits(item)) waiter.settle(item);
    },
    end() {
      ended = true;
      for (const waiter of [...waiters]) waiter.settle(undefined);
    },
    next: next as Inbox<Item>["next"],
  };
}
