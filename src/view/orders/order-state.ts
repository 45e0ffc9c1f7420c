/** `open`: not ended; `expired`: open although expired; `watched`: softly closed; `late`: paid after the close. */
export const orderStates = ['open', 'expired', 'stuck', 'watched', 'late'] as const;
export type OrderState = (typeof orderStates)[number];
