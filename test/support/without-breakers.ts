import type { World } from './world.ts';

/**
 * Lets every call of this world's app through, for a test file in which so many orders in a row meet a gateway's fault, each its
 * own, that breakers would open.
 */
export function withoutBreakers({ app }: World): void {
  app.deps.channels = new Map(
    [...app.deps.channels].map(([name, { unguarded }]) => [
      name,
      { ...unguarded, unguarded, admit: () => null, unavailable: () => null, outOfOrder: () => [] },
    ]),
  );
}
