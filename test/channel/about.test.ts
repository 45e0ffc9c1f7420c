import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aboutChannels, type BuiltInChannel } from '../../src/channel/built-in/about.ts';
import type { PayMethod } from '../../src/channel/channel.ts';
import { channelModules } from '../../src/channel/modules.ts';
import type { ChannelName } from '../../src/client/vocabulary.ts';
import type { Simulator } from '../../src/sandbox/simulator/simulator.ts';
import { startTestSimulator } from '../support/simulator.ts';
import { adapters, anOrder, anybody } from './support.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startTestSimulator();
});
afterAll(() => simulator.close());

describe.each(aboutChannels.map((about) => ({ ...about })))('what is said of $name', ({ name, ...about }) => {
  const {
    caveats = {},
    needs = [],
  }: {
    caveats?: Partial<Record<PayMethod, string>>;
    needs?: readonly { method: PayMethod; field: string }[];
  } = about;

  test('warns exactly of the closes that its adapter does otherwise', async () => {
    const channel = adapters[name](simulator);
    for (const method of channel.methods) {
      const order = anOrder({ method });
      const waits = caveats[method] === 'wait';
      expect(channel.closesSoftly(order)).toBe(caveats[method] === 'soft');
      expect(channel.reversibleFrom(order) !== null).toBe(caveats[method] === 'reverse');
      expect((await channel.close(order)).kind === 'unsupported').toBe(waits);
    }
  });

  test('what a creation needs is what its adapter refuses to do without', async () => {
    const channel = adapters[name](simulator);
    for (const { method, field } of needs) {
      expect(await channel.create(anOrder({ method, clientIp: null }), anybody)).toEqual({
        kind: 'refused',
        asked: false,
        answer: `not asked: no ${field}`,
        message: `缺少参数 ${field}`,
      });
    }
  });
});

test('the client, which shares no code with the server, knows every channel', () => {
  const known: readonly ChannelName[] = aboutChannels.map(({ name }): BuiltInChannel => name);
  expect(known).toHaveLength(channelModules.length);
});

test('the alert on late closes leaves out exactly the channels that close late by design', () => {
  const alerts = readFileSync(new URL('../../ops/prometheus/alerts.yml', import.meta.url), 'utf8');
  const [, excluded] = /autoclose_close_lateness_seconds_bucket\{[^}]*channel!="([^"]+)"/.exec(alerts) ?? [];
  const late = aboutChannels.filter(({ caveats }) => Object.values<string>(caveats).includes('wait'));
  expect([excluded]).toEqual(late.map(({ name }) => name));
});
