import { once } from 'node:events';
import { expect, test } from 'vitest';
import { inTrace, newTraceId, traceFields } from '../../src/platform/log/trace.ts';
import { createPause } from '../../src/timer/pause.ts';

test('jobs that a worker takes after a pause are not in the trace of the order that caused it', async () => {
  const resumed = new EventTarget();
  let fields: object | null = null;
  const pause = createPause({
    pause: async () => {},
    async resume() {
      fields = traceFields();
      resumed.dispatchEvent(new Event('resumed'));
    },
  });
  const seen = once(resumed, 'resumed');
  await inTrace(newTraceId(), 'close', {}, async () => pause.begin(0));
  await seen;
  expect(fields).toEqual({});
});
