import type { Generation } from './generations/generation.ts';
import type { JsonObject } from './values/json.ts';
import { assertFen } from './values/money.ts';
import { assertDate } from './values/times.ts';
import type { CreateRequest, OperationName, OrderReference } from './vocabulary.ts';

/** The members of a new order. Throws a TypeError for an invalid amount or time. */
export function createMembers(request: CreateRequest, generation: Generation): JsonObject {
  const { bizOrderNo, title, description, channel, amountFen, expiresAt } = request;
  const { attach, notifyUrl, returnUrl, clientIp } = request;
  assertFen(amountFen);
  if (expiresAt !== undefined) assertDate(expiresAt);
  return {
    [generation.bizNumberNames.create]: bizOrderNo,
    title,
    description: description ?? null,
    channel,
    amount: generation.writeAmount(amountFen),
    expiredTime: expiresAt === undefined ? null : generation.writeTime(expiresAt),
    attach: attach ?? null,
    notifyUrl: notifyUrl ?? null,
    returnUrl: returnUrl ?? null,
    clientIp: clientIp ?? null,
    ...generation.createMembers(request),
  };
}

/** The members that select an order. Throws a TypeError if there is no number. */
export function reference(
  operation: OperationName,
  { orderNo, bizOrderNo, clientIp }: OrderReference,
  generation: Generation,
): JsonObject {
  if (orderNo === undefined && bizOrderNo === undefined)
    throw new TypeError('orderNo or bizOrderNo is needed');
  return {
    ...(orderNo === undefined ? {} : generation.orderNumber(orderNo)),
    [generation.bizNumberNames[operation]]: bizOrderNo ?? null,
    clientIp: clientIp ?? null,
  };
}
