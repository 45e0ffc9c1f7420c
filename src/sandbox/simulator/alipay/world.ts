import type { KeyPair } from '../format/pem.ts';
import type { GatewayWorld } from '../gateway/gateway.ts';
import type { AlipayLedger } from './orders.ts';
import type { AlipaySettings } from './settings.ts';

export { nowMs } from '../world.ts';

export interface AlipayParts {
  key: 'alipay';
  name: 'ali_pay';
  pairName: 'alipayApp' | 'alipayPlatform';
  keys: { appId: string; sellerId: string; app: KeyPair; platform: KeyPair };
  ledger: AlipayLedger;
  settings: AlipaySettings;
  variable: `ALIPAY_${'ENDPOINT' | 'APP_ID' | 'PRIVATE_KEY' | 'PUBLIC_KEY' | 'SELLER_ID'}`;
}

export type World = GatewayWorld<AlipayParts>;
