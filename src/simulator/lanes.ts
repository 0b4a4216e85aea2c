/** A queue with one or more lanes. */
export interface Lanes {
  /** Queues work: begun in the order in which it came, as soon as a lane is free. */
  add(work: () => Promise<void>): void;
  readonly busy: boolean;
  /** Resolves when nothing is under way and nothing waits. */
  idle(): Promise<void>;
}

/** With one lane, work is done one after the other; with more, its end has no order. */
export function createLanes(count: number): Lanes {
  const waiting: (() => Promise<void>)[] = [];
  let underWay = 0;
  let resting = Promise.withResolvers<void>();

  function begin(): void {
    while (underWay < count) {
      const work = waiting.shift();
      if (work === undefined) break;
      underWay += 1;
      void work().finally(() => {
        underWay -= 1;
        begin();
      });
    }
    if (underWay > 0) return;
    resting.resolve();
    resting = Promise.withResolvers();
  }

  return {
    add(work) {
      waiting.push(work);
      begin();
    },
    get busy() {
      return underWay > 0;
    },
    idle: () => (underWay > 0 ? resting.promise : Promise.resolve()),
  };
}
