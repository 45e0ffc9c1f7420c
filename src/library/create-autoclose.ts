import { noInstruments, openEngine } from '../engine.ts';
import { CALLBACK_URL } from '../notice/callback-url.ts';
import { createOrder } from '../order/create/create-order.ts';
import type { PaymentOrder } from '../order/order.ts';
import type { CloseTrigger, CreateOrder } from '../order/outcomes.ts';
import { receiveNotification } from '../order/payment/receive-notification.ts';
import { requestCancel, requestClose, requestSync } from '../order/requests/close-cancel-sync.ts';
import { createLogger } from '../platform/log/logger.ts';
import { engineSettings } from './engine-settings.ts';
import { notifyShop } from './notify-shop.ts';
import type { AutocloseOptions } from './options.ts';
import { ownChannels } from './own-channels.ts';
import { showOrder } from './show-order.ts';
import { refuseImplausible, trackOrder } from './track-order.ts';
import type { Autoclose, NewOrder, Shown } from './types.ts';

/**
 * Runs the timer and the close logic inside your program, with all guarantees of the program `autoclose`, but without the
 * merchants' API and the admin page. Throws for invalid options, and if the database is unavailable or not migrated; Redis may
 * be away.
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
    async createOrder(request) {
      if (request.expiresAt !== undefined)
        refuseImplausible('expiresAt', request.expiresAt, deps.clock.now());
      return shown(await createOrder(deps, asCreateOrder(request, onChange !== undefined)));
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
    work: () => engine.work(onChange === undefined ? null : notifyShop(onChange), deps.channels.keys()),
    isQueueReachable: () => engine.redis.status === 'ready',
    close: engine.close,
  };
}

function asCreateOrder(request: NewOrder, notifies: boolean): CreateOrder {
  if (!Number.isSafeInteger(request.amountFen) || request.amountFen <= 0)
    throw new TypeError('amountFen: must be a positive integer (fen)');
  return {
    bizOrderNo: request.bizOrderNo,
    channel: request.channel,
    method: request.method,
    title: request.title,
    description: null,
    amountFen: request.amountFen,
    expiresAt: request.expiresAt ?? null,
    attach: request.attach ?? null,
    notifyUrl: notifies ? CALLBACK_URL : null,
    returnUrl: request.returnUrl ?? null,
    notNotify: !notifies,
    clientIp: request.clientIp ?? null,
    apiGeneration: null,
    authCode: request.authCode ?? null,
    openId: request.openId ?? null,
  };
}

/** The shop's number is the merchant's number of all orders here, including tracked ones. */
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
