/** A mistake that somebody could make: exact replacements in the program, made together. */
export interface Defect {
  /** Which guarantee of docs/reliability.md it breaks, or what else. */
  guarantee: string;
  replacements: readonly Replacement[];
  /** It breaks what only real processes have, as the queue: the storm has to find it. Default: the simulation. */
  foundBy?: 'storm';
}

interface Replacement {
  file: string;
  /** Stands exactly once in the file. */
  text: string;
  replacement: string;
}

/** The mistakes that the bench has to find. */
export const defects: Readonly<Record<string, Defect>> = {
  /** A payment is written without asking what the order has become: over a close, or over money that went back. */
  'unguarded-update': {
    guarantee: 'G1',
    replacements: [
      {
        file: 'src/order/payment-store.ts',
        text: `const open = "id = :id AND status = 'progress' AND ending";`,
        replacement: 'const open = "id = :id AND ending";',
      },
    ],
  },
  /** A notification is acknowledged while it is still being stored: a process that dies then has lost it. */
  'acknowledge-first': {
    guarantee: 'G4',
    replacements: [
      {
        file: 'src/order/receive-notification.ts',
        text: 'await recordPayment(deps, order, payment, { notification: { ...notification, orderNo } });',
        replacement:
          'void recordPayment(deps, order, payment, { notification: { ...notification, orderNo } });',
      },
    ],
  },
  /** The channel's answer to the close is taken for the truth, and the query is saved. */
  'trust-close': {
    guarantee: 'G2',
    replacements: [
      {
        file: 'src/order/ask-channel.ts',
        text: 'evidence.queryAfter = await channel.query(asked);',
        replacement: `evidence.queryAfter =
    evidence.close.kind === 'accepted'
      ? { kind: 'closed', answer: 'not asked' }
      : await channel.query(asked);`,
      },
    ],
  },
};
