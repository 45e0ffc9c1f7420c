/**
 * Lets only `atOnce` at a time do something, in the order in which they ask, and at most `waiting` wait for that. `take`
 * returns how to let the next one; null: there are too many.
 */
export function createTurns(atOnce: number, waiting: number) {
  const queue: (() => void)[] = [];
  let free = atOnce;

  function next(): void {
    const waiter = queue.shift();
    if (waiter === undefined) free += 1;
    else waiter();
  }

  return {
    async take(): Promise<(() => void) | null> {
      if (free > 0) free -= 1;
      else if (queue.length < waiting) await new Promise<void>((resolve) => queue.push(resolve));
      else return null;
      return next;
    },
  };
}
