import { z } from 'zod';
import { httpUrl } from '../../../platform/config-values.ts';
import { type ChannelFactory, defineChannel } from '../define-channel.ts';
import { aboutTea } from './about.ts';
import { createTeaChannel } from './tea-channel.ts';

const variables = z.object({
  TEA_BASE_URL: httpUrl.prefault('https://api.teapay.com'),
  TEA_SHOP_NO: z.string().min(1).max(32),
  TEA_SECRET: z.string().min(16),
});

export const teaModule = defineChannel({
  about: aboutTea,
  prefix: 'TEA_',
  variables,
  enableNothing: ['TEA_BASE_URL'],
  endpoint: ({ TEA_BASE_URL }) => TEA_BASE_URL,
  create: (values, notifyUrl, _clock, callTimeoutMs) =>
    createTeaChannel({
      baseUrl: values.TEA_BASE_URL,
      shopNo: values.TEA_SHOP_NO,
      secret: values.TEA_SECRET,
      notifyUrl,
      callTimeoutMs,
    }),
  keyHints: { ours: 'TEA_SHOP_NO and TEA_SECRET', theirs: 'TEA_SECRET', notFoundProves: 'both' },
});

export interface TeaPayOptions {
  shopNo: string;
  secret: string;
  notifyUrl: string;
  baseUrl?: string;
}

export function teaPay(options: TeaPayOptions): ChannelFactory {
  return teaModule.fromOptions(options);
}
