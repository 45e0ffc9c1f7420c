import { fastify } from 'fastify';
import { parse, stringify } from 'lossless-json';
import { beforeAll, describe, expect, test } from 'vitest';
import { createClient, type GenerationName } from '../../src/client/client.ts';
import { codes } from '../../src/http/daxpay/answer/codes.ts';
import { generationOf } from '../../src/http/daxpay/generations/generations.ts';
import { parseBody } from '../../src/http/daxpay/request/body.ts';
import { isSigned } from '../../src/http/daxpay/signing/signing.ts';
import { openApiDocument } from '../../src/http/openapi/document.ts';
import type { Example, OperationObject, Schema } from '../../src/http/openapi/openapi.ts';
import { openapiRoutes } from '../../src/http/openapi/routes.ts';
import { exampleOrder } from '../../src/http/openapi/schema/example-order.ts';
import { exampleSigning } from '../../src/http/openapi/schema/examples.ts';
import { openApi } from './support.ts';

const document = openApiDocument();
const operations = Object.entries(document.paths).map(([path, { post }]) => ({ path, post }));
const api = operations.filter(({ path }) => /^\/uni(pay)?\//.test(path));

function examplesOf(content: OperationObject['requestBody']['content'] | undefined): [string, Example][] {
  return Object.entries(content?.['application/json']?.examples ?? {});
}

const calls = api.flatMap(({ path, post }) =>
  examplesOf(post.requestBody.content).map(([generation, { value }]) => ({
    path,
    generation,
    request: stringify(value) ?? '',
    answer: examplesOf(post.responses['200']?.content).find(([name]) => name === generation)?.[1].value,
  })),
);

describe('the document', () => {
  test('is OpenAPI 3.1, with every operation once', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toEqual({
      title: expect.any(String),
      version: expect.any(String),
      description: expect.any(String),
    });
    const ids = operations.map(({ post }) => post.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    for (const { path, post } of operations) {
      expect(path).toMatch(/^\/[a-zA-Z/_]+$/);
      expect(tags).toEqual(expect.arrayContaining([...post.tags]));
      for (const [status, { description }] of Object.entries(post.responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/);
        expect(description).not.toBe('');
      }
    }
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
  });

  test('has neither dangling references nor unused components', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to);
    const components = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(components).toEqual(expect.arrayContaining(references));
    const used = new Set(references);
    const unused = components.filter((name) => !used.has(name));
    expect(unused).toEqual([]);
  });

  test('requires only fields that it describes', () => {
    for (const schema of Object.values(document.components.schemas)) {
      for (const each of objectsIn(schema)) {
        const names = Object.keys(each.properties ?? {});
        expect(names).toEqual(expect.arrayContaining([...(each.required ?? [])]));
      }
    }
  });

  test('covers every path of the API, and no other', async () => {
    const paths = api.map(({ path }) => path);
    const { app } = openApi();
    await app.ready();
    for (const path of paths) expect(app.hasRoute({ method: 'POST', url: path })).toBe(true);
    const served = app
      .printRoutes({ commonPrefix: false })
      .split('\n')
      .flatMap((line) => /(\/uni(?:pay)?\/\S+) \(.*POST/.exec(line)?.[1] ?? []);
    expect(paths.toSorted()).toEqual(served.toSorted());
  });

  test('describes every code', () => {
    const described = document.components.schemas.Code?.oneOf?.map(({ const: code }) => code);
    expect(described).toEqual(Object.values(codes).map(({ code }) => code));
  });

  test('describes every field in both languages', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      for (const { properties = {} } of objectsIn(schema)) {
        for (const [field, { $ref, description, type }] of Object.entries(properties)) {
          if ($ref === undefined && field !== 'data')
            expect([name, field, type, description]).toContainEqual(
              expect.stringMatching(/\p{Script=Han}.* · /u),
            );
        }
      }
    }
  });
});

describe('every request example', () => {
  test('exists for each path', () => {
    expect(new Set(calls.map(({ path }) => path)).size).toBe(api.length);
    expect(new Set(calls.map(({ generation }) => generation))).toEqual(
      new Set(['2.0.5', '2.0.6', '2.0.8', '3.0']),
    );
  });

  test.each(calls)(
    'is signed, and recognized as DaxPay $generation: $path',
    ({ path, generation, request }) => {
      const body = parseBody(Buffer.from(request));
      if (body.kind === 'unreadable') throw new Error(body.message);
      const { members } = body;
      expect(isSigned(members, exampleSigning, generationOf({ path, members }).dialect)).toBe(true);
      if (!path.endsWith('/pay') || generation !== '2.0.6')
        expect(generationOf({ path, members }).name).toBe(generation);
    },
  );

  test.each(calls)('gets the documented answer: $generation $path', async ({ path, request, answer }) => {
    const { post } = openApi({
      creating: async () => ({ kind: 'created', order: exampleOrder }),
      finding: async () => exampleOrder,
      syncing: async () => ({
        kind: 'synced',
        channelStatus: 'pay_progress',
        order: exampleOrder,
        repaired: false,
      }),
    });
    const { text } = await post(path, request);
    expect(parse(text)).toEqual(parse(stringify(answer) ?? ''));
  });

  test("of DaxPay's own documentation has its own signature", () => {
    const close = calls.find(({ path, generation }) => path === '/unipay/close' && generation === '2.0.6');
    expect(JSON.parse(close?.request ?? '')).toEqual({
      bizTradeNo: 'P0001',
      clientIp: '127.0.0.1',
      reqTime: 1715347558,
      sign: '458565a54e959fa206dcda9b44eecaf0d5907e8af40f9457d404e533e092a9ed',
    });
  });
});

describe('the notice', () => {
  const notice = document.webhooks.notice?.post;
  const examples = examplesOf(notice?.requestBody.content);

  test('exists in every generation', () => {
    expect(examples.map(([name]) => name)).toEqual(['2.0.5', '2.0.6', '2.0.8', '3.0']);
  });

  test.each(examples)('of %s is signed, and has the documented fields', (name, { value }) => {
    const body = stringify(value) ?? '';
    const { signSecret, signType } = exampleSigning;
    const generation = generationNameOf(name);
    const client = createClient({ baseUrl: 'http://127.0.0.1', signSecret, signType, generation });
    expect(client.verifyNotice(body)).toMatchObject({
      status: 'success',
      amountFen: 10010,
      attach: 'table 5',
    });
    const { properties = {} } = document.components.schemas[`notice-${name}`] ?? {};
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(JSON.parse(body))));
  });
});

describe('served', () => {
  const app = fastify();
  beforeAll(async () => {
    await app.register(openapiRoutes);
    return () => app.close();
  });

  test('as JSON, with 64-bit numbers', async () => {
    const response = await app.inject('/openapi.json');
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain('application/json');
    expect(parse(response.body)).toEqual(parse(stringify(document) ?? ''));
    expect(response.body).toMatch(/"paymentId": 1753370980523384832,/);
  });

  test('as a page with every operation, every field and every code, in both languages', async () => {
    const { body } = await app.inject('/docs');
    for (const { path, post } of operations) {
      expect(body).toContain(`<section id="${post.operationId}">`);
      expect(body).toContain(`<code>POST ${path}</code>`);
    }
    expect(body).toContain('<code>POST notifyUrl</code>');
    for (const { code } of Object.values(codes)) expect(body).toContain(`<code>${code}</code>`);
    for (const schema of Object.values(document.components.schemas))
      for (const { properties = {} } of objectsIn(schema))
        for (const name of Object.keys(properties))
          expect(body).toMatch(new RegExp(`<code>([a-zA-Z]+\\.)?${name}</code>`));
    expect(body).toContain('关闭支付订单 · Close an unpaid order');
    expect(body).toContain('458565a54e959fa206dcda9b44eecaf0d5907e8af40f9457d404e533e092a9ed');
  });

  test('as a page without external resources and scripts', async () => {
    const { body, headers } = await app.inject('/docs');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(body).not.toMatch(/<script|<link|<img|<iframe| on[a-z]+=| style=|src=|@import|url\(/);
    expect([...body.matchAll(/href="([^"]*)"/g)].every(([, href = '']) => /^[#/]/.test(href))).toBe(true);
    expect(body).not.toContain('undefined');
  });
});

function generationNameOf(name: string): GenerationName {
  const found = (['2.0.5', '2.0.6', '2.0.8', '3.0'] as const).find((each) => each === name);
  if (found === undefined) throw new Error(name);
  return found;
}

/** A schema and every object in it. */
function objectsIn(schema: Schema): Schema[] {
  const inner = [...Object.values(schema.properties ?? {}), ...(schema.anyOf ?? [])].flatMap(objectsIn);
  return schema.properties === undefined ? inner : [schema, ...inner];
}
