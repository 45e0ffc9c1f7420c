import { noInstruments, openEngine } from '../engine.ts';
import { CALLBACK_URL } from '../notice/callback-url.ts';
import { createOrder } from '../order/create/create-order.ts';
import type { PaymentOrder } from '../order/order.ts';
import type { CloseTrigger, CreateOrder } from '../order/outcomes.ts';
import { receiveNotification } from '../order/payment/receive-notification.ts';
import { requestCancel, requestClose, requestSync } from '../order/requests/close-cancel-sync.ts';
import { createLogger } from '../platform/log/logger.ts';
import { engineSettings } from './engine-settings.ts';
import type { AutocloseOptions } from './options.ts';
import { ownChannels } from './own-channels.ts';
import { showOrder } from './show-order.ts';
import { tellShop } from './tell-shop.ts';
import { refuseImplausible, trackOrder } from './track-order.ts';
import type { Autoclose, NewOrder, Shown } from './types.ts';

/**
 * The timer and the close logic in a program of yours, with all guarantees of the program `autoclose`; it has neither the
 * merchants' API nor the admin page. Throws for options that cannot be used, and if the database cannot be reached or is
 * not migrated; Redis may be away.
 */
export async function createAutoclose(options: AutocloseOptions): Promise<Autoclose> {
  const { onChange } = options;
  const settings = engineSettings(options);
  const engine = await openEngine(
    settings,
    (guard) => ownChannels(options.channels, guard),
    noInstruments,
    options.log ?? createLogger('info'),
  );
  const { deps } = engine;

  return {
    async createOrder(wish) {
      if (wish.expiresAt !== undefined) refuseImplausible('expiresAt', wish.expiresAt, deps.clock.now());
      return shown(await createOrder(deps, asCreateOrder(wish, onChange !== undefined)));
    },
    trackOrder: async (order) => shown(await trackOrder(deps, order, onChange !== undefined)),
    async findOrder(number) {
      const order = await deps.store.findByBizOrderNo(number);
      return order === null ? null : showOrder(order);
    },
    closeOrder: async (number, by) => shown(await requestClose(deps, numbers(number), trigger(by))),
    cancelOrder: async (number, by) => shown(await requestCancel(deps, numbers(number), trigger(by))),
    syncOrder: async (number, by) => shown(await requestSync(deps, numbers(number), trigger(by))),
    async receiveNotification(channel, raw) {
      const known = [...deps.channels.keys()].find((name) => name === channel);
      return known === undefined ? null : receiveNotification(deps, known, raw);
    },
    work: () => engine.work(onChange === undefined ? null : tellShop(onChange), deps.channels.keys()),
    isQueueReachable: () => engine.redis.status === 'ready',
    close: engine.close,
  };
}

function asCreateOrder(wish: NewOrder, tells: boolean): CreateOrder {
  if (!Number.isSafeInteger(wish.amountFen) || wish.amountFen <= 0)
    throw new TypeError('amountFen: must be fen');
  return {
    bizOrderNo: wish.bizOrderNo,
    channel: wish.channel,
    method: wish.method,
    title: wish.title,
    description: null,
    amountFen: wish.amountFen,
    expiresAt: wish.expiresAt ?? null,
    attach: wish.attach ?? null,
    notifyUrl: tells ? CALLBACK_URL : null,
    returnUrl: wish.returnUrl ?? null,
    notNotify: !tells,
    clientIp: wish.clientIp ?? null,
    apiGeneration: null,
    authCode: wish.authCode ?? null,
    openId: wish.openId ?? null,
  };
}

/** The shop's number is the merchant's number of all orders here, also of those it has created itself. */
const numbers = (number: string) => ({ orderNo: null, bizOrderNo: number });

const trigger = (by: string | undefined): CloseTrigger => ({
  kind: 'api',
  actor: by ?? null,
  clientIp: null,
});

function shown<Outcome extends { kind: string; order?: PaymentOrder }>(outcome: Outcome): Shown<Outcome>;
function shown(outcome: { kind: string; order?: PaymentOrder }) {
  return outcome.order === undefined ? outcome : { ...outcome, order: showOrder(outcome.order) };
}
