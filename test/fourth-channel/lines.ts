/** A line, or a name in a line, inserted after a text that occurs once in the list. */
export type Addition = readonly [after: string, added: string];

/** All additions for a fourth gateway outside its two folders, by file. */
export const additions: Readonly<Record<string, readonly Addition[]>> = {
  'src/channel/built-in/about.ts': [
    [
      "import type { AboutChannel } from './about-channel.ts';",
      "\nimport { aboutTea } from './tea/about.ts';",
    ],
    ['aboutChannels = [aboutWechat, aboutAlipay, aboutUnionpay', ', aboutTea'],
  ],
  'src/channel/modules.ts': [
    ["from './built-in/define-channel.ts';", "\nimport { teaModule } from './built-in/tea/index.ts';"],
    ['  union_pay: unionpayModule,', '\n  tea_pay: teaModule,'],
  ],
  'src/index.ts': [
    [
      "from './channel/built-in/define-channel.ts';",
      "\nexport { type TeaPayOptions, teaPay } from './channel/built-in/tea/index.ts';",
    ],
  ],
  'src/sandbox/simulator/simulators.ts': [
    ["from './settings.ts';", "\nimport { teaSimulator } from './tea/index.ts';"],
    ['  unionpay: unionpaySimulator,', '\n  tea: teaSimulator,'],
  ],
  // It shares no code with the server, so it has its own list.
  'src/client/vocabulary.ts': [["'union_pay'", " | 'tea_pay'"]],
  'test/structure/layers.ts': [["  gateway('unionpay', 'undici'),", "\n  gateway('tea'),"]],
  '.env.example': [
    ['UNIONPAY_PRODUCTION=true\n', '\nTEA_BASE_URL=https://api.teapay.com\nTEA_SHOP_NO=\nTEA_SECRET=\n'],
  ],
  'docs/configuration.md': [row('UNIONPAY_BASE_URL', 'Tea Pay: all, or none')],
  'docs/zh-CN/configuration.md': [row('UNIONPAY_BASE_URL', '茶付：全填，或全不填')],
};

function row(variable: string, text: string): Addition {
  const own = ['TEA_BASE_URL', 'TEA_SHOP_NO', 'TEA_SECRET'].map((name) => `| \`${name}\` | | ${text} |\n`);
  return [`| \`${variable}\``, own.join('')];
}
