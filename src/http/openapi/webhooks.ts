import type { Generation } from '../daxpay/generations/generation.ts';
import { bilingual, type OpenApiDocument, refTo } from './openapi.ts';
import { noticeExample } from './schema/examples.ts';

/** The notices sent to the merchant's server. */
export function webhooksOf(generations: readonly Generation[]): OpenApiDocument['webhooks'] {
  const examples = generations.map((generation) => {
    const { name } = generation;
    return [name, { summary: `DaxPay ${name}`, value: noticeExample(generation) }];
  });
  const post = {
    operationId: 'notice',
    summary: bilingual('商户通知', 'Notice to the merchant'),
    description: bilingual(
      '订单状态改变时发送到 notifyUrl，使用创建该订单的协议版本；至少一次，顺序不定，以请求头 Autoclose-Event-Id 去重',
      'Sent to notifyUrl when the status of an order changes, in the generation that created it; at least once, in any order. Retries have the same Autoclose-Event-Id header.',
    ),
    tags: ['unipay'],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { anyOf: generations.map((generation) => refTo(noticeName(generation))) },
          examples: Object.fromEntries(examples),
        },
      },
    },
    responses: {
      200: {
        description: bilingual(
          '5 秒内返回 SUCCESS（text）；其他任何结果都会重发，24 小时内共 16 次',
          'the text SUCCESS within 5 s; otherwise it is sent again, 16 times within a day',
        ),
      },
    },
  } as const;
  return { notice: { post } };
}

export function noticeName({ name }: Generation): string {
  return `notice-${name}`;
}
