import type { EntityManager } from 'typeorm';
import type { PaymentOrder } from '../order.ts';
import { type CloseRecord, PaymentOrderEntity } from './entities.ts';

/** New values, or SQL for them. */
export type Change = { [Field in keyof PaymentOrder]?: PaymentOrder[Field] | (() => string) };

export type NewCloseRecord = Omit<CloseRecord, 'id' | 'queryBefore' | 'closeAnswer' | 'queryAfter'>;

export const noFailures = { retryReason: null, retryCount: 0, stuckAt: null };
export const noLease = { leaseToken: null, leaseUntil: null };

/** The only way to change an order: applies `set` where `guard` holds. Returns how many rows matched, 0 or 1. */
export async function change(
  manager: EntityManager,
  set: Change,
  guard: string,
  parameters: Record<string, unknown>,
): Promise<number> {
  const result = await manager
    .createQueryBuilder()
    .update(PaymentOrderEntity)
    .set(set)
    .where(guard, parameters)
    .execute();
  return result.affected ?? 0;
}
