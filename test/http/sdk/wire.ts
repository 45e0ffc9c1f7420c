import type { OperationName, Sdk } from './sdk.ts';
import { sdk205 } from './sdk-2-0-5.ts';
import { sdk206, sdk208 } from './sdk-2-0-6.ts';
import { sdk30 } from './sdk-3-0.ts';

type WireRequest = [operation: OperationName, path: string, body: string];

/**
 * The requests of the compiled clients for an order's whole life, byte for byte, signed with `123456` in HMAC_SHA256.
 * The signatures were made outside this project. None of these clients sends a charset.
 */
export const wireRequests: { sdk: Sdk; requests: WireRequest[] }[] = [
  {
    sdk: sdk205,
    requests: [
      [
        'pay',
        '/unipay/simplePay',
        '{"businessNo":"P205","title":"一杯茶","allocation":false,"channel":"wechat_pay","payWay":"qrcode","amount":100,"notNotify":false,"clientIp":"127.0.0.1","reqTime":1715347558,"sign":"3943b918b4d790ea65961725c2a849cdca16ff109cb1ec006f37362d36f66f40"}',
      ],
      [
        'query',
        '/uni/query/payOrder',
        '{"businessNo":"P205","clientIp":"127.0.0.1","reqTime":1715347558,"sign":"d1ac42a6b2d712689253f1d1f2c146f237db69489362f8e7fbae45b125ff995c"}',
      ],
      [
        'sync',
        '/unipay/syncPay',
        '{"businessNo":"P205","clientIp":"127.0.0.1","reqTime":1715347558,"sign":"d1ac42a6b2d712689253f1d1f2c146f237db69489362f8e7fbae45b125ff995c"}',
      ],
      [
        'close',
        '/unipay/close',
        '{"businessNo":"P205","notNotify":false,"clientIp":"127.0.0.1","reqTime":1715347558,"sign":"6013113221e76f9fda18e0c7972f2770bd4ce2ff722f64b7e1164d69d71b4e02"}',
      ],
    ],
  },
  {
    sdk: sdk206,
    requests: [
      [
        'pay',
        '/unipay/pay',
        '{"bizOrderNo":"P206","title":"一杯茶","channel":"wechat_pay","method":"qrcode","amount":100,"clientIp":"127.0.0.1","sign":"51e27e388e730ae4e9f8ce539aa5c033a4d791fa32a579074e36814083380b58","reqTime":1715347558}',
      ],
      [
        'query',
        '/uni/query/payOrder',
        '{"bizOrderNoeNo":"P206","clientIp":"127.0.0.1","sign":"394847fde3bf555e84f5c69e578a2cf00ee420c0dc18e7e55dd98482876f3198","reqTime":1715347558}',
      ],
      [
        'sync',
        '/unipay/syncPay',
        '{"bizOrderNo":"P206","clientIp":"127.0.0.1","sign":"6c5228ec7f670fa4042b42fbb3d9f2a21a4df118db2be5b1e706d60fdd66db52","reqTime":1715347558}',
      ],
      [
        'close',
        '/unipay/close',
        '{"bizTradeNo":"P206","clientIp":"127.0.0.1","sign":"bd941ee877d8fe018db3ccbb62ea2486bd5ac80438eff22071b341bcc311f407","reqTime":1715347558}',
      ],
    ],
  },
  {
    sdk: sdk208,
    requests: [
      [
        'pay',
        '/unipay/pay',
        '{"bizOrderNo":"P208","title":"一杯茶","channel":"wechat_pay","method":"qrcode","amount":100,"clientIp":"127.0.0.1","sign":"10b28f98bb123693d89969d577f0bbcbf7ac54db4c619ce2d567d18d55363c76","reqTime":1715347558}',
      ],
      [
        'query',
        '/unipay/query/payOrder',
        '{"bizOrderNoeNo":"P208","clientIp":"127.0.0.1","sign":"50001d46a28d311dfaca601e0a5b4fb5ea6ff7a809f32d10642fdb8841d3fbae","reqTime":1715347558}',
      ],
      [
        'sync',
        '/unipay/sync/pay',
        '{"bizOrderNo":"P208","clientIp":"127.0.0.1","sign":"2b409ffb2ad251a0c4a9c1ff023f31e1e5872a25b163dbe1a0d88fe6407b3555","reqTime":1715347558}',
      ],
      [
        'close',
        '/unipay/close',
        '{"bizOrderNo":"P208","clientIp":"127.0.0.1","sign":"2b409ffb2ad251a0c4a9c1ff023f31e1e5872a25b163dbe1a0d88fe6407b3555","reqTime":1715347558}',
      ],
      [
        'pay',
        '/unipay/pay',
        '{"bizOrderNo":"P208C","title":"一杯茶","channel":"wechat_pay","method":"qrcode","amount":100,"clientIp":"127.0.0.1","sign":"8f0017763a6b0452b8326d4d9607bcf7261d3439e580b7cd1d128ad26a5b78e7","reqTime":1715347558}',
      ],
      [
        'cancel',
        '/unipay/cancel',
        '{"bizOrderNo":"P208C","clientIp":"127.0.0.1","sign":"5a6784d7822b69a75bbf8c48338be72740eeb5b4123b45a240be1ef70e3a3eba","reqTime":1715347558}',
      ],
    ],
  },
  {
    sdk: sdk30,
    requests: [
      [
        'pay',
        '/unipay/pay',
        '{"bizOrderNo":"P300","title":"一杯茶","channel":"wechat_pay","method":"qrcode","amount":1,"mchNo":"M1","appId":"APP1","clientIp":"127.0.0.1","reqTime":"2024-05-10 21:25:58","sign":"2c29ce214682fe2d3a7e4a201e4eb0d51feeae361cb5743e91be03f169c2b869"}',
      ],
      [
        'query',
        '/unipay/query/payOrder',
        '{"bizOrderNo":"P300","mchNo":"M1","appId":"APP1","clientIp":"127.0.0.1","reqTime":"2024-05-10 21:25:58","sign":"6481b80721ecb579cde67666c796a4569205079368f97f8e495374cb555df1b2"}',
      ],
      [
        'sync',
        '/unipay/sync/order/pay',
        '{"bizOrderNo":"P300","mchNo":"M1","appId":"APP1","clientIp":"127.0.0.1","reqTime":"2024-05-10 21:25:58","sign":"6481b80721ecb579cde67666c796a4569205079368f97f8e495374cb555df1b2"}',
      ],
      [
        'close',
        '/unipay/close',
        '{"bizOrderNo":"P300","useCancel":false,"mchNo":"M1","appId":"APP1","clientIp":"127.0.0.1","reqTime":"2024-05-10 21:25:58","sign":"c6ff9c7a708713f4cf7cc8168cb0c4a9f2bfe126867bd4dca780f0bc9af0bab1"}',
      ],
      [
        'pay',
        '/unipay/pay',
        '{"bizOrderNo":"P300C","title":"一杯茶","channel":"wechat_pay","method":"qrcode","amount":1,"mchNo":"M1","appId":"APP1","clientIp":"127.0.0.1","reqTime":"2024-05-10 21:25:58","sign":"c5327cb636d531f794b9f8f1ac72864c9f76c3b453b0e3fe1bb763545a44c026"}',
      ],
      [
        'cancel',
        '/unipay/close',
        '{"bizOrderNo":"P300C","useCancel":true,"mchNo":"M1","appId":"APP1","clientIp":"127.0.0.1","reqTime":"2024-05-10 21:25:58","sign":"28911335bda632e8a8e7f3564ccf4ed494fc6df60ff0e44678fa9db4c3a23d4c"}',
      ],
    ],
  },
];

/** A request with these clients' headers, in their order. */
export function wireBytes(path: string, body: string): Buffer {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Accept: text/html,application/json,application/xhtml+xml,application/xml;q=0.9,image/webp,image/apng,*/*;q=0.8',
    'User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/75.0.3770.142 Safari/537.36 Hutool',
    'Accept-Encoding: gzip, deflate',
    'Accept-Language: zh-CN,zh;q=0.8',
    'Content-Type: application/json',
    'Host: 127.0.0.1:9000',
    'Connection: keep-alive',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
