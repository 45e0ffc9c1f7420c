import { CALLBACK_URL } from '../notice/callback-url.ts';
import type { Messenger } from '../notice/deliver-notice.ts';
import { SEND_TIMEOUT_MS } from '../notice/send-notice.ts';
import { readSnapshot, writeSnapshot } from '../order/outbox/notice-snapshot.ts';
import { withTimeout } from '../platform/timeout.ts';
import type { OnChange } from './options.ts';
import { showOrder } from './show-order.ts';

/** Delivers notices by calling the shop's function instead of posting to a URL. */
export function notifyShop(onChange: OnChange): Messenger {
  return {
    accepts: (url) => url === CALLBACK_URL,
    writeBody: writeSnapshot,
    async send({ eventId, body }) {
      const order = showOrder(readSnapshot(body));
      try {
        await withTimeout(SEND_TIMEOUT_MS, async () => onChange({ eventId, order }));
        return { outcome: 'delivered', httpStatus: null, answer: null };
      } catch (error) {
        const answer = error instanceof Error ? error.name : 'unknown';
        return { outcome: 'unreachable', httpStatus: null, answer };
      }
    },
  };
}
