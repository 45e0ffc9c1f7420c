/**
 * Runs at most `atOnce` at a time, first come, first served; at most `waiting` wait. `acquire` returns the function that
 * releases the slot, or null if too many are waiting.
 */
export function createLimiter(atOnce: number, waiting: number) {
  const queue: (() => void)[] = [];
  let free = atOnce;

  function release(): void {
    const waiter = queue.shift();
    if (waiter === undefined) free += 1;
    else waiter();
  }

  return {
    async acquire(): Promise<(() => void) | null> {
      if (free > 0) free -= 1;
      else if (queue.length < waiting) await new Promise<void>((resolve) => queue.push(resolve));
      else return null;
      return release;
    },
  };
}
