import type { GatewayWorld } from '../gateway/gateway.ts';
import type { UnionpayKeys, unionpayPairs } from './keys.ts';
import type { UnionpayLedger } from './orders.ts';
import type { UnionpaySettings } from './settings.ts';

export { nowMs } from '../world.ts';

export interface UnionpayParts {
  key: 'unionpay';
  name: 'union_pay';
  pairName: (typeof unionpayPairs)[number];
  keys: UnionpayKeys;
  ledger: UnionpayLedger;
  settings: UnionpaySettings;
  variable: `UNIONPAY_${'BASE_URL' | 'MER_ID' | 'CERT_ID' | 'PRIVATE_KEY' | 'ROOT_CERT' | 'MIDDLE_CERT'}`;
}

export type World = GatewayWorld<UnionpayParts>;
