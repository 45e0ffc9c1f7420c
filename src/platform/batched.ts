import DataLoader from 'dataloader';

export interface BatchOptions<In> {
  /** Items in a batch, at most. */
  most: number;
  /** Two items with the same key are never in one run. */
  keyOf(item: In): string;
  /** Whether one item may have caused this error: then the batch is halved until only that item fails. */
  mayBeOfOne(error: unknown): boolean;
}

/**
 * Returns a function for one item that runs in batches behind it: the items that have arrived when a batch ends form the
 * next one. A lone item waits for nothing, and under load the batches grow by themselves.
 *
 * `run` returns one result per item, in their order. An item fails only by its own error, or by one that `mayBeOfOne`
 * says is common to all, such as an unreachable database.
 */
export function batched<In, Out>(
  run: (items: readonly In[]) => Promise<readonly Out[]>,
  { most, keyOf, mayBeOfOne }: BatchOptions<In>,
): (item: In) => Promise<Out> {
  let previous: Promise<unknown> = Promise.resolve();

  async function runSplit(items: readonly In[]): Promise<(Out | Error)[]> {
    try {
      return [...(await run(items))];
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (items.length === 1 || !mayBeOfOne(error)) return items.map(() => error);
      const half = Math.ceil(items.length / 2);
      return [...(await runSplit(items.slice(0, half))), ...(await runSplit(items.slice(half)))];
    }
  }

  /** Repeated keys run one after the other. */
  async function runAll(items: readonly In[]): Promise<(Out | Error)[]> {
    const results: (Out | Error)[] = [];
    let waiting = items.map((item, index) => ({ item, index, key: keyOf(item) }));
    while (waiting.length > 0) {
      const keys = new Map(waiting.toReversed().map((each) => [each.key, each]));
      const now = waiting.filter((each) => keys.get(each.key) === each);
      const done = await runSplit(now.map(({ item }) => item));
      now.forEach(({ index }, at) => {
        results[index] = done[at] as Out | Error;
      });
      waiting = waiting.filter((each) => keys.get(each.key) !== each);
    }
    return results;
  }

  const loader = new DataLoader<In, Out>(
    (items) => {
      const running = runAll(items);
      previous = running;
      return running;
    },
    {
      cache: false,
      maxBatchSize: most,
      batchScheduleFn: (begin) => void previous.then(() => setImmediate(begin)),
    },
  );
  return (item) => loader.load(item);
}
