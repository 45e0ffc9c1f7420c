/** `open` not ended yet, `overdue` open though expired, `watched` closed softly, `late` paid after the close. */
export const orderStates = ['open', 'overdue', 'stuck', 'watched', 'late'] as const;
export type OrderState = (typeof orderStates)[number];
