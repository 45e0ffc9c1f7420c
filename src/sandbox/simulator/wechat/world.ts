import type { GatewayWorld } from '../gateway/gateway.ts';
import type { WechatKeys, wechatPairs } from './keys.ts';
import type { WechatLedger } from './orders.ts';
import type { WechatSettings } from './settings.ts';

export { nowMs } from '../world.ts';

export interface WechatParts {
  key: 'wechat';
  name: 'wechat_pay';
  pairName: (typeof wechatPairs)[number];
  keys: WechatKeys;
  ledger: WechatLedger;
  settings: WechatSettings;
  variable: `WECHAT_${
    | 'BASE_URL'
    | 'APP_ID'
    | 'MCH_ID'
    | 'SERIAL_NO'
    | 'PRIVATE_KEY'
    | 'API_V3_KEY'
    | 'PUBLIC_KEY_ID'
    | 'PUBLIC_KEY'}`;
}

export type World = GatewayWorld<WechatParts>;
