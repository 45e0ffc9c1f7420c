import type { GatewayWorld } from '../gateway/gateway.ts';
import type { Versioned } from '../gateway/versioned.ts';

export interface TeaOrder {
  orderNo: string;
  state: 'UNPAID' | 'PAYING' | 'PAID' | 'CLOSED' | 'REFUNDED';
  amountFen: number;
  notifyUrl: string;
  createdAt: number;
  expiresAt: number;
  tradeNo: string | null;
  paidAt: number | null;
}

export interface TeaParts {
  key: 'tea';
  name: 'tea_pay';
  pairName: never;
  keys: { shopNo: string; secret: string };
  ledger: { orders: Map<string, Versioned<TeaOrder>> };
  settings: object;
  variable: `TEA_${'BASE_URL' | 'SHOP_NO' | 'SECRET'}`;
}

export type World = GatewayWorld<TeaParts>;
