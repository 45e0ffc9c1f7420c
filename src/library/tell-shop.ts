import { withDeadline } from '../channel/deadline.ts';
import type { NoticeDeps } from '../notice/deliver-notice.ts';
import { SEND_TIMEOUT_MS } from '../notice/send-notice.ts';
import { readSnapshot, writeSnapshot } from '../order/notice-snapshot.ts';
import type { OnChange } from './options.ts';
import { showOrder } from './show-order.ts';

/** What an order of an embedding shop has for a notify URL: its notices go to a function, not over the network. */
export const CALLBACK_URL = 'callback:onChange';

/** Notices that call the shop's function instead of posting to a merchant's URL; for the rest the same. */
export function tellShop(onChange: OnChange): Pick<NoticeDeps, 'send' | 'writeBody'> {
  return {
    writeBody: writeSnapshot,
    async send({ url, eventId, body }) {
      if (url !== CALLBACK_URL) return { outcome: 'refused_url', httpStatus: null, answer: null };
      const order = showOrder(readSnapshot(body));
      try {
        await withDeadline(SEND_TIMEOUT_MS, async () => onChange({ eventId, order }));
        return { outcome: 'delivered', httpStatus: null, answer: null };
      } catch (error) {
        const answer = error instanceof Error ? error.name : 'unknown';
        return { outcome: 'unreachable', httpStatus: null, answer };
      }
    },
  };
}
