import type { TestProject } from 'vitest/node';
import { privatePem } from '../../../src/sandbox/simulator/format/pem.ts';
import { generateKeyPairs } from '../../../src/sandbox/simulator/keys.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Private keys of the simulators, PEM by name. */
    keyPairs: Record<string, string>;
  }
}

/** Shared by all projects: each project loads this module again. */
const shared = globalThis as { autocloseKeyPairs?: Promise<Record<string, string>> };

/** RSA keys for all simulators of a run: generating them is slow. */
export default async function setup(project: TestProject): Promise<void> {
  shared.autocloseKeyPairs ??= makePems();
  project.provide('keyPairs', await shared.autocloseKeyPairs);
}

async function makePems(): Promise<Record<string, string>> {
  const named = Object.entries(await generateKeyPairs());
  return Object.fromEntries(named.map(([name, { privateKey }]) => [name, privatePem(privateKey)]));
}
