import { setTimeout as wait } from 'node:timers/promises';
import type { Simulator } from '../simulator/simulator.ts';
import { type Customer, LAST_DIGIT_AFTER_EXPIRY_MS } from './scenario.ts';

/** Plays a customer's part in the scenario for one order; stops when `signal` aborts. */
export async function playCustomer(
  { control }: Simulator,
  customer: Customer,
  { orderNo, expiresAt }: { orderNo: string; expiresAt: Date },
  signal: AbortSignal,
): Promise<void> {
  const until = (time: number) => wait(Math.max(0, time - Date.now()), undefined, { signal }).catch(() => {});
  if (customer.does === 'nothing') return;
  await until(expiresAt.getTime() - customer.beforeExpiryMs);
  if (signal.aborted) return;
  switch (customer.does) {
    case 'scans':
      return control.scan(orderNo);
    case 'gives_up':
      await control.beginPay(orderNo);
      return control.finishPay(orderNo, false);
    case 'pays':
      return control.pay(orderNo);
    case 'pays_last_moment':
      await control.beginPay(orderNo);
      await until(expiresAt.getTime() + LAST_DIGIT_AFTER_EXPIRY_MS);
      return control.finishPay(orderNo, true);
  }
}
