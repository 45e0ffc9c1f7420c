import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** What one guess costs: 32 MiB, and a good 0.1 s of one core. Kept with each hash, so that it can be raised. */
const COST = { N: 2 ** 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Who waits longer than so many others is sent away. */
const MAX_WAITING = 20;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

export type Passwords = ReturnType<typeof createPasswords>;

/**
 * Passwords as they are kept: `scrypt$N$r$p$salt$hash`. One at a time in each process: Node hashes on the threads on
 * which the channels' signatures are made too, and a crowd at the login must not hold up the closing of orders.
 */
export function createPasswords() {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  /** Nobody's password. It makes an unknown name cost what a known one costs. */
  const decoy = format(COST, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    waiting += 1;
    const turn = last.then(work).finally(() => {
      waiting -= 1;
    });
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    /** True: too many wait; come back later. */
    isBusy: () => waiting > MAX_WAITING,

    hash: (password: string): Promise<string> =>
      inTurn(async () => {
        const salt = randomBytes(SALT_BYTES);
        return format(COST, salt, await run(password, salt, COST));
      }),

    /** Whether it is the password; `stored` is null where there is none, which takes as long and is never right. */
    matches: (password: string, stored: string | null): Promise<boolean> =>
      inTurn(async () => {
        const { cost, salt, hash } = parse(stored ?? decoy);
        return timingSafeEqual(await run(password, salt, cost), hash) && stored !== null;
      }),
  };
}

/** The same characters may be typed as different code points. */
function run(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  return derive(password.normalize('NFKC'), salt, HASH_BYTES, { ...cost, maxmem: 256 * cost.N * cost.r });
}

function format({ N, r, p }: typeof COST, salt: Buffer, hash: Buffer): string {
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

function parse(stored: string) {
  const [kind, N, r, p, salt = '', hash = ''] = stored.split('$');
  if (kind !== 'scrypt') throw new Error('a password is kept in an unknown form');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}
