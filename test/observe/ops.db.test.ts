import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { createWorld, type World } from '../support/world.ts';
import { scrape } from './scrape.ts';

const read = (path: string) => readFileSync(new URL(`../../ops/${path}`, import.meta.url), 'utf8');
const alertsSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          for: z.string(),
          labels: z.object({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.object({
            summary: z.string().min(1),
            description: z.string().min(1),
            action: z.string().min(1),
            runbook: z.string().regex(/^docs\/operations\.md#alert-[a-z-]+$/),
          }),
        }),
      ),
    }),
  ),
});
const dashboardSchema = z.object({
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      targets: z.array(z.object({ expr: z.string(), datasource: z.object({ uid: z.string() }) })).default([]),
    }),
  ),
});

const rules = alertsSchema.parse(parse(read('prometheus/alerts.yml'))).groups.flatMap((group) => group.rules);
const dashboard = dashboardSchema.parse(JSON.parse(read('grafana/dashboard.json')));

/** Our metrics, and Node's, that an expression names; of a histogram its own name. */
function metricsIn(expr: string): string[] {
  const named = expr.match(/\b(?:autoclose|nodejs|process)_[a-z0-9_]+/g) ?? [];
  return named.map((name) => name.replace(/_(bucket|count|sum)$/, ''));
}

let world: World;
let exported: Set<string>;
beforeAll(async () => {
  world = await createWorld({ METRICS_PORT: String(await freePort()) });
  await world.app.serve();
  world.app.work();
  exported = (await scrape(world.env)).names;
});
afterAll(() => world.end());

test('every metric that an alert names is exported by a process that runs', () => {
  const missing = rules.flatMap(({ alert, expr }) =>
    metricsIn(expr).flatMap((name) => (exported.has(name) ? [] : [`${alert}: ${name}`])),
  );
  expect(missing).toEqual([]);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
});

test('every metric that the dashboard names is exported by a process that runs', () => {
  const targets = dashboard.panels.flatMap((panel) => panel.targets);
  expect(targets.length).toBeGreaterThan(20);
  expect(targets.flatMap(({ expr }) => metricsIn(expr)).filter((name) => !exported.has(name))).toEqual([]);
  expect(targets.every(({ datasource }) => datasource.uid === '${'.concat('datasource}'))).toBe(true);
  expect(dashboard.templating.list).toContainEqual({ name: 'datasource', type: 'datasource' });
});

test('every metric of ours is on the dashboard or in an alert', () => {
  const used = new Set(metricsIn(read('prometheus/alerts.yml') + read('grafana/dashboard.json')));
  const ours = [...exported].filter((name) => name.startsWith('autoclose_'));
  expect(ours.filter((name) => !used.has(name))).toEqual([]);
});

test('every rule file of the example exists where Prometheus looks for it', () => {
  const { rule_files: files } = z
    .object({ rule_files: z.array(z.string()) })
    .parse(parse(read('prometheus/prometheus.yml')));
  for (const file of files) expect(read(`prometheus/${file}`)).toContain('groups:');
});
