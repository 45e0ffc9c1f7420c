import type { Defects } from './defect.ts';

/** What ends an order (G1, G2), and what must not (G5). */
export const decisionDefects: Defects = {
  /** A payment is written without asking what the order has become: over a close, or over money that went back. */
  'unguarded-update': {
    guarantee: 'G1',
    replacements: [
      {
        file: 'src/order/lifecycle.ts',
        text: "keepsPayment: [{ status: ['progress'], ending: keeping }],",
        replacement: "keepsPayment: [{ status: ['progress', 'success', ...ended], ending: keeping }],",
      },
      {
        file: 'src/order/lifecycle.ts',
        text: "returnsPayment: [{ status: ['progress'], ending: returning }],",
        replacement: "returnsPayment: [{ status: ['progress', 'success', ...ended], ending: returning }],",
      },
    ],
  },
  /** The channel's answer to the close is taken for the truth, and the query is saved. */
  'trust-close': {
    guarantee: 'G2',
    replacements: [
      {
        file: 'src/order/attempt/ask-channel.ts',
        text: 'evidence.queryAfter = await channel.query(asked);',
        replacement: `evidence.queryAfter =
    evidence.close.kind === 'accepted'
      ? { kind: 'closed', answer: 'not asked' }
      : await channel.query(asked);`,
      },
    ],
  },
  /** The close was accepted and the query after it got no answer: that is taken for a close. */
  'outage-closes': {
    guarantee: 'G5',
    replacements: [
      {
        file: 'src/order/close/decide-close.ts',
        text: `    case 'unclear':
      return retry(reading.reason);`,
        replacement: `    case 'unclear':
      if (close?.kind === 'accepted') return { kind: 'close', watchUntil: null };
      return retry(reading.reason);`,
      },
    ],
  },
  /** "No such trade" is believed as REST v3 says it, which does not sign it. */
  'unsigned-not-found': {
    guarantee: 'G1',
    replacements: [
      {
        file: 'src/channel/built-in/alipay/alipay-channel.ts',
        text: `if (query.kind !== 'not_found') return query;
      return withStatedTime(readQuery(order, await client.querySigned(order.orderNo, clock.now())), reply);`,
        replacement: 'return query;',
      },
    ],
  },
  /** "No such order" is believed even where the channel has confirmed that it created the order. */
  'not-found-after-creation': {
    guarantee: 'G1',
    replacements: [
      {
        file: 'src/order/close/decide-close.ts',
        text: `  if (order.payBody !== null && channel.showsUntouched(asked)) return retry('not_confirmed');\n`,
        replacement: '',
      },
    ],
  },
  /** "Not found" is final once the order has expired here, whatever its channel still allows. */
  'expiry-without-margin': {
    guarantee: 'G2',
    replacements: [
      {
        file: 'src/order/close/decide-close.ts',
        text: 'if (times.earlier >= from.getTime())',
        replacement: 'if (times.earlier >= Math.min(from.getTime(), order.expiresAt.getTime()))',
      },
    ],
  },
  /** A soft close is looked at once, and not again until the last look. */
  'watch-once': {
    guarantee: 'G2',
    replacements: [
      {
        file: 'src/order/sync/watch-order.ts',
        text: 'const nextCloseAt = nextLookAt(deps, leased, watchUntil);\n  const set = { watchUntil, nextCloseAt,',
        replacement:
          'const nextCloseAt = nextLookAt(deps, leased, null);\n  const set = { watchUntil: null, nextCloseAt,',
      },
    ],
  },
  /** An order is created at its channel however long its process stood still before the call. */
  'create-however-late': {
    guarantee: 'G2',
    replacements: [
      {
        file: 'src/channel/guard/guard.ts',
        text: 'return ageMs <= CREATE_WITHIN_MS ? null',
        replacement: 'return ageMs <= CREATE_WITHIN_MS * 1_000 ? null',
      },
    ],
  },
  /** A sync closes an unpaid order whether its time is over or not. */
  'sync-closes-early': {
    guarantee: 'an order is closed when its time is over or somebody asks',
    replacements: [
      {
        file: 'src/order/sync/sync-order.ts',
        text: `if (leased.status === 'progress' && isExpired(leased, now)) {`,
        replacement: `if (leased.status === 'progress' && (isExpired(leased, now) || query.kind === 'not_found')) {`,
      },
    ],
  },
};
