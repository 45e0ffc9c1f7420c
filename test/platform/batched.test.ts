import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batched } from '../../src/platform/batched.ts';

const options = { most: 100, keyOf: (item: string) => item, mayBeOfOne: () => true };

/** Runs that wait until they are let go, in turn. */
function gated() {
  const runs: { items: readonly string[]; release(): void }[] = [];
  const run = (items: readonly string[]) =>
    new Promise<string[]>((resolve) => {
      runs.push({ items, release: () => resolve(items.map((item) => item.toUpperCase())) });
    });
  return { runs, run };
}
const nextTurn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('a batch', () => {
  test('has what has arrived while the previous one ran, and a lone item waits for no other', async () => {
    const { runs, run } = gated();
    const one = batched(run, options);
    const first = one('a');
    await nextTurn();
    expect(runs.map(({ items }) => items)).toEqual([['a']]);
    const others = ['b', 'c'].map(one);
    await nextTurn();
    expect(runs).toHaveLength(1);
    runs[0]?.release();
    expect(await first).toBe('A');
    await nextTurn();
    expect(runs.map(({ items }) => items)).toEqual([['a'], ['b', 'c']]);
    runs[1]?.release();
    expect(await Promise.all(others)).toEqual(['B', 'C']);
  });

  test('has no more items than it may', async () => {
    const sizes: number[] = [];
    const one = batched(
      async (items: readonly string[]) => {
        sizes.push(items.length);
        return items;
      },
      { ...options, most: 3 },
    );
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(one));
    expect(Math.max(...sizes)).toBe(3);
  });

  test('never has a key twice in one run: the second runs after the first', async () => {
    const seen: (readonly string[])[] = [];
    const one = batched(
      async (items: readonly string[]) => {
        seen.push(items);
        return items;
      },
      { ...options, keyOf: (item) => item.slice(0, 1) },
    );
    expect(await Promise.all(['a1', 'a2', 'b1', 'a3'].map(one))).toEqual(['a1', 'a2', 'b1', 'a3']);
    expect(seen).toEqual([['a1', 'b1'], ['a2'], ['a3']]);
  });
});

describe('each item gets its own result', () => {
  test('and only the ones that cause an error fail by it, wherever they stand', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ key: fc.nat(20), bad: fc.boolean() }), { minLength: 1, maxLength: 40 }),
        async (items) => {
          const one = batched(
            async (batch: readonly { key: number; bad: boolean }[]) => {
              if (batch.some(({ bad }) => bad)) throw new Error('one of them');
              return batch.map(({ key }) => key);
            },
            { most: 7, keyOf: ({ key }) => String(key), mayBeOfOne: () => true },
          );
          const results = await Promise.allSettled(items.map(one));
          results.forEach((result, index) => {
            const { key, bad = false } = items[index] ?? {};
            expect(result.status === 'fulfilled' ? result.value : 'failed').toBe(bad ? 'failed' : key);
          });
        },
      ),
    );
  });

  test('an error that concerns all fails all of them at once, without repeating the work', async () => {
    let runs = 0;
    const one = batched(
      async (): Promise<string[]> => {
        runs += 1;
        throw new Error('away');
      },
      { ...options, mayBeOfOne: () => false },
    );
    const results = await Promise.allSettled(['a', 'b', 'c'].map(one));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(runs).toBe(1);
  });
});
