import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyPair } from './format/pem.ts';
import { type PairName, type SimulatorKeys, simulators } from './simulators.ts';

/** alipay-sdk extracts the signed part of a reply by position, which works with RSA-2048 signatures only. */
const MODULUS_BITS = 2048;

/** The key pairs from which `keysOf` builds all keys. */
export type KeyPairs = Record<PairName, KeyPair>;

let keys: Promise<SimulatorKeys> | undefined;

/** Generated once per process: RSA keys are slow to generate, and all simulators can share them. */
export function simulatorKeys(): Promise<SimulatorKeys> {
  keys ??= generateKeyPairs().then(keysOf);
  return keys;
}

export async function generateKeyPairs(): Promise<KeyPairs> {
  const names = [...Object.values(simulators).flatMap(({ pairNames }) => [...pairNames]), 'stranger'];
  const named = names.map(async (name) => [name, await keyPair()] as const);
  return Object.fromEntries(await Promise.all(named)) as KeyPairs;
}

/** Account numbers and certificates for these key pairs. */
export function keysOf(pairs: KeyPairs): SimulatorKeys {
  const own = Object.entries(simulators).map(([name, gateway]) => [name, gateway.keysOf(pairs)]);
  return { ...Object.fromEntries(own), stranger: pairs.stranger };
}

function keyPair(): Promise<KeyPair> {
  return promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
}
