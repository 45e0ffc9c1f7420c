import type { NoticeStore } from '../notice/notice-store.ts';
import type { Metrics } from './metrics.ts';

/** Counts the outcome of each notice attempt, after it is recorded. */
export function measureNotices(notices: NoticeStore, metrics: Metrics): NoticeStore {
  return {
    ...notices,
    async end(attempt, sent, after) {
      const done = await notices.end(attempt, sent, after);
      metrics.notices.inc({ outcome: sent.outcome });
      return done;
    },
    async giveUp(notice, now) {
      const done = await notices.giveUp(notice, now);
      if (done) metrics.notices.inc({ outcome: 'interrupted' });
      return done;
    },
  };
}
