import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** The cost of one guess: 32 MiB, and a good 0.1 s of one core. Stored with each hash, so that it can be raised. */
const COST = { N: 2 ** 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** With more than this many waiting, logins are refused. */
const MAX_WAITING = 20;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

export type Passwords = ReturnType<typeof createPasswords>;

/**
 * Password hashes: `scrypt$N$r$p$salt$hash`. One at a time per process: Node hashes on the same threads that sign requests to
 * the channels, and many logins must not delay the closing of orders.
 */
export function createPasswords() {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  /** A hash of no password. An unknown name costs the same as a known one. */
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
    /** True: too many are waiting; retry later. */
    isBusy: () => waiting > MAX_WAITING,

    hash: (password: string): Promise<string> =>
      inTurn(async () => {
        const salt = randomBytes(SALT_BYTES);
        return format(COST, salt, await run(password, salt, COST));
      }),

    /** Whether the password matches; with `stored` null it takes as long and never matches. */
    matches: (password: string, stored: string | null): Promise<boolean> =>
      inTurn(async () => {
        const { cost, salt, hash } = parse(stored ?? decoy);
        return timingSafeEqual(await run(password, salt, cost), hash) && stored !== null;
      }),
  };
}

/** Normalized: the same characters may be typed as different code points. */
function run(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  return derive(password.normalize('NFKC'), salt, HASH_BYTES, { ...cost, maxmem: 256 * cost.N * cost.r });
}

function format({ N, r, p }: typeof COST, salt: Buffer, hash: Buffer): string {
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

function parse(stored: string) {
  const [kind, N, r, p, salt = '', hash = ''] = stored.split('$');
  if (kind !== 'scrypt') throw new Error('unknown password hash format');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}
