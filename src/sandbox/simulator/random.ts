const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Seeded random numbers: one seed gives the same nonces and the same faulty requests. Not for keys. */
export interface Random {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  bytes(length: number): Buffer;
  text(length: number): string;
}

/** mulberry32: small, good enough to choose requests, and the same on every machine. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
    text: (length) => Array.from({ length }, () => ALPHABET[below(ALPHABET.length)]).join(''),
  };
}
