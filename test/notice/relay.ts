import type { App } from '../../src/app.ts';
import { noticeBody } from '../../src/http/daxpay/answer/notice-body.ts';
import { CALLBACK_URL } from '../../src/notice/callback-url.ts';
import type { NoticeDeps } from '../../src/notice/deliver-notice.ts';
import { startNoticeRelay } from '../../src/notice/relay.ts';
import { type ResolveHost, resolveAnywhere } from '../../src/notice/resolve-host.ts';
import { createNoticeSender } from '../../src/notice/send-notice.ts';
import { SIGN_SECRET } from '../support/world.ts';

/** Short, so that no test waits for it. */
const POLL_MS = 20;

/** Every name resolves to this machine. */
export const thisMachine: ResolveHost = async () => ({
  kind: 'addresses',
  addresses: [{ address: '127.0.0.1', family: 4 }],
});

/** A process's relay, as `work()` starts it, but with a shorter poll interval. */
export function startRelay({ deps, notices }: App, more: Partial<NoticeDeps> = {}) {
  return startNoticeRelay(
    {
      notices,
      accepts: (url) => url !== CALLBACK_URL,
      send: createNoticeSender(resolveAnywhere),
      writeBody: (order, now) => noticeBody(order, { signSecret: SIGN_SECRET, signType: 'HMAC_SHA256' }, now),
      clock: deps.clock,
      log: deps.log,
      ...more,
    },
    POLL_MS,
  );
}
