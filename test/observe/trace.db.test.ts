import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { payOverHttp } from '../support/pay.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  links?: { traceId: string }[];
}

/** A minimal OpenTelemetry collector. */
const spans: OtlpSpan[] = [];
const collector = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
});

let world: World;
beforeAll(async () => {
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  world = await createWorld({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  await world.app.serve();
});
afterAll(async () => {
  await world.end();
  collector.close();
});

test('the request that creates an order, its job, and every channel call until the close are one trace', async () => {
  const { traceId: shown } = (await (await payOverHttp(world, 'T1', 600)).json()) as { traceId: string };
  const lost = (await (await payOverHttp(world, 'T2', 600)).json()) as { traceId: string };
  const order = await world.app.deps.store.findByBizOrderNo('T1');
  const another = await world.app.deps.store.findByBizOrderNo('T2');
  if (order === null || another === null) throw new Error('not created');
  expect(order.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(shown).toBe(order.traceId?.slice(0, 12));
  await world.expire(order);
  await (await world.queue(order.channel).getJob(order.orderNo))?.promote();
  await world.expire(another);
  // This order's job is lost with its data; the sweep replaces it.
  await world.queue(another.channel).remove(another.orderNo);
  world.app.work();
  await until('both are closed', async () => {
    const [one, other] = await Promise.all([world.reload(order), world.reload(another)]);
    return one.status === 'close' && other.status === 'close';
  });
  // The remaining spans are sent when the process ends.
  await world.app.close();

  const of = (traceId: string | null) => spans.filter((span) => span.traceId === traceId);
  const names = of(order.traceId).map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'POST /unipay/pay',
      'create order',
      'wechat_pay create',
      'run due order',
      'wechat_pay close',
      'wechat_pay query',
    ]),
  );
  expect(names.filter((name) => /^(add|process) close-wechat_pay/.test(name))).toHaveLength(2);
  const [root] = of(order.traceId).filter(({ parentSpanId = '' }) => parentSpanId === '');
  expect(root?.name).toBe('POST /unipay/pay');
  const ids = new Set(of(order.traceId).map(({ spanId }) => spanId));
  const orphans = of(order.traceId).filter(
    ({ parentSpanId = '' }) => parentSpanId !== '' && !ids.has(parentSpanId),
  );
  expect(orphans).toEqual([]);

  const found = of(another.traceId).map(({ name }) => name);
  expect(lost.traceId).toBe(another.traceId?.slice(0, 12));
  expect(found).toEqual(
    expect.arrayContaining(['POST /unipay/pay', 'set timer', 'run due order', 'wechat_pay close']),
  );
});
