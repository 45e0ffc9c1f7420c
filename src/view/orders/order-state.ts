/** `open` not ended yet, `expired` open though expired, `watched` closed softly, `late` paid after the close. */
export const orderStates = ['open', 'expired', 'stuck', 'watched', 'late'] as const;
export type OrderState = (typeof orderStates)[number];
