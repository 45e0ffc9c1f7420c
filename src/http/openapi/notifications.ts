import type { BuiltInChannel } from '../../channel/channel.ts';
import { bilingual, type OpenApiDocument, type OperationObject } from './openapi.ts';

const channels: Readonly<Record<BuiltInChannel, { zh: string; en: string; contentType: string }>> = {
  wechat_pay: { zh: '微信支付', en: 'WeChat Pay', contentType: 'application/json' },
  ali_pay: { zh: '支付宝', en: 'Alipay', contentType: 'application/x-www-form-urlencoded' },
  union_pay: { zh: '银联', en: 'UnionPay', contentType: 'application/x-www-form-urlencoded' },
};

/** Where channels report payments. Not for merchants: only the channel can sign what is accepted there. */
export const notifications: OpenApiDocument['paths'] = Object.fromEntries(
  Object.entries(channels).map(([name, { zh, en, contentType }]) => {
    const post: OperationObject = {
      operationId: `notify_${name}`,
      summary: bilingual(`${zh}的支付通知`, `Notification of a payment by ${en}`),
      description: bilingual(
        '由支付通道调用并签名，按原始字节验签；先存储，后应答',
        'Called and signed by the channel, verified byte for byte, stored before it is acknowledged.',
      ),
      tags: ['notify'],
      requestBody: { required: true, content: { [contentType]: { schema: {} } } },
      responses: {
        200: { description: bilingual('已存储', 'stored') },
        404: { description: bilingual('未配置该通道', 'the channel is not configured') },
        500: { description: bilingual('未存储，通道将重发', 'not stored; the channel sends it again') },
      },
    };
    return [`/notify/${name}`, { post }];
  }),
);
