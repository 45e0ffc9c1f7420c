import type { Generation } from '../daxpay/generations/generation.ts';
import { generation205 } from '../daxpay/generations/generation-2-0-5.ts';
import { generation206 } from '../daxpay/generations/generation-2-0-6.ts';
import { generation208 } from '../daxpay/generations/generation-2-0-8.ts';
import { generation30 } from '../daxpay/generations/generation-3-0.ts';
import { extraSchema, orderSchema, orderSchema30, paySchema } from '../daxpay/request/schemas.ts';
import { notifications } from './notifications.ts';
import {
  bilingual,
  type Example,
  type OpenApiDocument,
  type OperationObject,
  refTo,
  type Schema,
} from './openapi.ts';
import { type DocumentedOperation, operations } from './operations.ts';
import { introduction } from './page/introduction.ts';
import { answerSchema, type Content, noticeSchema } from './schema/answer-schema.ts';
import { codeSchema } from './schema/code-schema.ts';
import { failureAnswer, signedRequest, successAnswer } from './schema/examples.ts';
import { requestSchema } from './schema/request-schema.ts';
import { noticeName, webhooksOf } from './webhooks.ts';

const generations = [generation205, generation206, generation208, generation30];
const contents = ['nothing', 'payable', 'order', 'sync'] as const satisfies Content[];

const ONE_NUMBER = bilingual(
  '订单号至少传输一个，名称不限',
  "at least one of the order's numbers, under any of its names",
);
const MERCHANTS_NUMBER = bilingual(
  '商户订单号必填，名称不限',
  "the merchant's number is required, under any of its names",
);

/** The API as OpenAPI 3.1, derived from the schemas that validate and the functions that sign and format answers. */
export function openApiDocument(): OpenApiDocument {
  const paths = operations.map((operation) => [operation.path, { post: describe(operation) }]);
  return {
    openapi: '3.1.0',
    info: { title: 'Autoclose', version: '1', description: introduction },
    tags: [
      { name: 'unipay', description: bilingual('商户接口', 'for merchants') },
      { name: 'notify', description: bilingual('通道通知', "the channels' notifications") },
    ],
    paths: { ...Object.fromEntries(paths), ...notifications },
    webhooks: webhooksOf(generations),
    components: {
      schemas: { Code: codeSchema, ...requestSchemas(), ...answerSchemas(), ...noticeSchemas() },
    },
  };
}

function describe({ calls, content, request, ...operation }: DocumentedOperation): OperationObject {
  const { operationId, summary, description } = operation;
  const requests = calls.map(({ generation, members }) =>
    example(generation, signedRequest(generation, members)),
  );
  const answers = calls.flatMap(({ generation }) => [
    example(generation, successAnswer(generation, content)),
    example(generation, failureAnswer(generation), 'failure'),
  ]);
  const requestNames = new Set(calls.map(({ generation }) => requestName(request, generation)));
  const answerNames = calls.map(({ generation }) => answerName(generation, content));
  return {
    operationId,
    summary,
    description,
    tags: ['unipay'],
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: anyOf(requestNames), examples: Object.fromEntries(requests) },
      },
    },
    responses: {
      200: {
        description: bilingual(
          '无论成功与否，HTTP 状态均为 200',
          'Always HTTP status 200, whatever the result',
        ),
        content: {
          'application/json': { schema: anyOf(answerNames), examples: Object.fromEntries(answers) },
        },
      },
    },
  };
}

function example({ name }: Generation, value: unknown, kind = ''): [string, Example] {
  const summary = kind === '' ? `DaxPay ${name}` : `DaxPay ${name}: ${bilingual('失败', kind)}`;
  return [kind === '' ? name : `${name}-${kind}`, { summary, value }];
}

function requestSchemas(): Record<string, Schema> {
  const entries = generations.flatMap((generation) => {
    const { units, extendedClose } = generation;
    return [
      [requestName('pay', generation), paySchemaOf(generation)],
      [
        requestName('order', generation),
        requestSchema(extendedClose ? orderSchema30 : orderSchema, units, ONE_NUMBER),
      ],
    ];
  });
  return Object.fromEntries(entries);
}

/** Includes what validation rewrites before it applies the schema: the payer's details, and 2.0.5's names. */
function paySchemaOf(generation: Generation): Schema {
  const { units } = generation;
  const schema = requestSchema(paySchema(units), units, MERCHANTS_NUMBER);
  const payer = requestSchema(extraSchema, units);
  const { reqTime, sign, ...payerFields } = payer.properties ?? {};
  const details: Schema = {
    description: bilingual(
      '支付扩展参数，对象或 JSON 字符串',
      'details about the payer: an object, or JSON in a string',
    ),
    anyOf: [{ type: 'object', properties: payerFields }, { type: 'string' }],
  };
  if (generation !== generation205)
    return { ...schema, properties: { ...schema.properties, extraParam: details } };
  const { method, ...properties } = schema.properties ?? {};
  const { channel, amount } = properties;
  const only: Schema = {
    type: 'object',
    properties: { channel: { ...channel }, way: { ...method }, amount: { ...amount }, channelParam: details },
    required: ['channel', 'way', 'amount'],
  };
  const payChannels: Schema = {
    type: 'array',
    maxItems: 1,
    items: only,
    description: bilingual(
      '支付通道列表，只能有一项；代替 channel、payWay、amount 和 channelParam',
      'a list with one element, instead of channel, payWay, amount and channelParam',
    ),
  };
  const inList = ['channel', 'method', 'amount'];
  return {
    ...schema,
    properties: { ...properties, payWay: { ...method }, channelParam: details, payChannels },
    required: schema.required?.filter((name) => !inList.includes(name)),
    anyOf: [{ required: ['channel', 'payWay', 'amount'] }, { required: ['payChannels'] }],
  };
}

function answerSchemas(): Record<string, Schema> {
  return Object.fromEntries(
    generations.flatMap((generation) =>
      contents.map((content) => [answerName(generation, content), answerSchema(generation, content)]),
    ),
  );
}

function noticeSchemas(): Record<string, Schema> {
  return Object.fromEntries(
    generations.map((generation) => [noticeName(generation), noticeSchema(generation)]),
  );
}

function requestName(request: DocumentedOperation['request'], { name }: Generation): string {
  return `${request}-request-${name}`;
}

function answerName({ name }: Generation, content: Content): string {
  return `${content}-answer-${name}`;
}

function anyOf(names: Iterable<string>): Schema {
  return { anyOf: [...names].map(refTo) };
}
