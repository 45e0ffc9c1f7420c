import { createPrivateKey, createPublicKey } from 'node:crypto';
import { inject } from 'vitest';
import { type KeyPairs, keysOf } from '../../src/sandbox/simulator/keys.ts';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../src/sandbox/simulator/simulator.ts';
import type { SimulatorKeys } from '../../src/sandbox/simulator/simulators.ts';

let keys: SimulatorKeys | undefined;

/** The gateways, with the keys that `key-pairs.ts` generated for this run. */
export function startTestSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  keys ??= readKeys();
  return startSimulator({ keys, ...options });
}

function readKeys(): SimulatorKeys {
  const pairs = Object.entries(inject('keyPairs')).map(([name, pem]) => {
    const privateKey = createPrivateKey(pem);
    return [name, { privateKey, publicKey: createPublicKey(privateKey) }];
  });
  return keysOf(Object.fromEntries(pairs) as KeyPairs);
}
