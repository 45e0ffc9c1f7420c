import { aboutChannels } from '../../channel/built-in/about.ts';
import { bilingual, type OpenApiDocument, type OperationObject } from './openapi.ts';

/** The channels' callbacks. Not for merchants: only requests signed by the channel are accepted. */
export const notifications: OpenApiDocument['paths'] = Object.fromEntries(
  aboutChannels.map(({ name, label, notifications: { contentType } }) => {
    const post: OperationObject = {
      operationId: `notify_${name}`,
      summary: bilingual(`${label.zh}的支付通知`, `Notification of a payment by ${label.en}`),
      description: bilingual(
        '由支付通道调用并签名，按原始字节验签；先存储，后应答',
        'Called and signed by the channel; verified byte for byte, and stored before it is acknowledged.',
      ),
      tags: ['notify'],
      requestBody: { required: true, content: { [contentType]: { schema: {} } } },
      responses: {
        200: { description: bilingual('已存储', 'stored') },
        404: { description: bilingual('未配置该通道', 'the channel is not configured') },
        500: { description: bilingual('未存储，通道将重发', 'not stored; the channel will retry') },
      },
    };
    return [`/notify/${name}`, { post }];
  }),
);
