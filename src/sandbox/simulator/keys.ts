import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyPair } from './format/pem.ts';
import { type PairName, type SimulatorKeys, simulators } from './simulators.ts';

/** alipay-sdk cuts the signed part out of a reply by position, which works with RSA-2048 signatures only. */
const MODULUS_BITS = 2048;

/** The key pairs of which `keysOf` makes everyone's keys. */
export type KeyPairs = Record<PairName, KeyPair>;

let keys: Promise<SimulatorKeys> | undefined;

/** Made once a process: RSA keys take a while, and every simulator may use the same. */
export function simulatorKeys(): Promise<SimulatorKeys> {
  keys ??= generateKeyPairs().then(keysOf);
  return keys;
}

export async function generateKeyPairs(): Promise<KeyPairs> {
  const names = [...Object.values(simulators).flatMap(({ pairNames }) => [...pairNames]), 'stranger'];
  const named = names.map(async (name) => [name, await keyPair()] as const);
  return Object.fromEntries(await Promise.all(named)) as KeyPairs;
}

/** Numbers and certificates for these key pairs. */
export function keysOf(pairs: KeyPairs): SimulatorKeys {
  const own = Object.entries(simulators).map(([name, gateway]) => [name, gateway.keysOf(pairs)]);
  return { ...Object.fromEntries(own), stranger: pairs.stranger };
}

function keyPair(): Promise<KeyPair> {
  return promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
}
