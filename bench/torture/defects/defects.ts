import { decisionDefects } from './decisions.ts';
import type { Defects } from './defect.ts';
import { moneyDefects } from './money.ts';
import { noticeDefects } from './notices.ts';
import { recordDefects } from './records.ts';
import { timerDefects } from './timers.ts';

/** The mistakes that the bench has to find. */
export const defects: Defects = {
  ...decisionDefects,
  ...moneyDefects,
  ...timerDefects,
  ...recordDefects,
  ...noticeDefects,
};
